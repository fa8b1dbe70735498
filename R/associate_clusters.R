# Test clusters against a phenotype: man/associateClusters.Rd.
associateClusters <- function(x, phenotype,
                              test = c("fisher", "wilcoxon", "logistic"),
                              covariates = NULL, min_samples = 2,
                              permutations = 0, seed = 42, n_cpus = 1,
                              samples = NULL, conf_level = 0.95,
                              alpha = 0.05, assay = 1, case = NULL,
                              value = NULL, max_rows = 1e5, ...) {
    old_arguments(sample_data = "samples")
    test <- check_choice(test, "test", c("fisher", "wilcoxon", "logistic"))
    options <- association_options(min_samples, permutations, seed, conf_level,
        alpha)
    threads <- check_threads(n_cpus)
    if (!is.null(covariates) && test != "logistic") {
        bad_argument("`covariates` must be NULL unless `test` is \"logistic\"")
    }
    x <- tested_matrix(x, value, test, assay)
    sheet <- align_sheet(samples, x$samples, ncol(x$matrix), "samples",
        x$sheet)
    if (is_several(phenotype, ncol(x$matrix), sheet)) {
        options$max_rows <- check_number(max_rows, "max_rows", 1, 2^31 - 1,
            whole = TRUE)
        found <- resolve_phenotypes(phenotype, x, sheet, case)
        return(associate_many(x, found, options, integer(), threads))
    }
    groups <- as_case_labels(resolve_phenotype(phenotype, x, sheet), case)
    frame <- resolve_covariates(covariates, x, sheet)
    if (!is.null(frame) && ncol(frame)) {
        groups$label[!stats::complete.cases(frame)] <- NA
    }
    used <- !is.na(groups$label)
    check_group_sizes(groups)
    base <- covariate_base(frame, used)
    if (test == "logistic" && sum(used) <= ncol(base) + 1L) {
        raise_error("too_few_samples", paste0(
            "there must be more than ", ncol(base) + 1L,
            " samples for as many coefficients (intercept, covariates and ",
            "cluster), not ", sum(used)
        ))
    }
    found <- cpp_associate(x$matrix, groups$label, test, base, options, threads)
    with_identity(association_table(found, x, test, groups, options),
        x$identity)
}

association_options <- function(min_samples, permutations, seed, conf_level,
                                alpha) {
    confidence <- check_number(conf_level, "conf_level", 0.01, 0.9999)
    list(
        min_samples = check_number(min_samples, "min_samples", 1, 2^31,
            whole = TRUE),
        permutations = check_number(permutations, "permutations", 0, 1e6,
            whole = TRUE),
        seed = check_number(seed, "seed", 0, 2^53, whole = TRUE),
        confidence = confidence,
        quantile = stats::qnorm((1 + confidence) / 2),
        alpha = check_number(alpha, "alpha", 0, 1)
    )
}

check_group_sizes <- function(groups) {
    sizes <- c(sum(groups$label == 0L, na.rm = TRUE),
        sum(groups$label == 1L, na.rm = TRUE))
    if (any(sizes < 2L)) {
        raise_error("too_few_samples", paste0(
            "each group must have two samples or more; ",
            paste0("\"", groups$levels, "\" has ", sizes, collapse = ", "),
            if (anyNA(groups$label)) {
                paste0(" (", sum(is.na(groups$label)),
                    " left out for missing values)")
            }
        ))
    }
}

association_table <- function(found, x, test, groups, options) {
    if (test == "logistic") {
        for (column in c("estimate", "conf_low", "conf_high")) {
            found[[column]] <- exp(found[[column]])
        }
    }
    # NaN is R's word for a failed computation; here nothing was computed.
    columns <- lapply(
        found[c("estimate", "conf_low", "conf_high", "p_value")],
        function(value) replace(value, is.nan(value), NA)
    )
    table <- data.frame(
        cluster = x$cluster, columns,
        q_value = stats::p.adjust(columns$p_value, "BH"),
        n_samples = found$n_case + found$n_control, n_case = found$n_case,
        n_control = found$n_control
    )
    # Where nobody knows which is the case, columns are called by level.
    if (!groups$known) {
        at <- match(c("n_control", "n_case"), names(table))
        names(table)[at] <- paste0("n_", groups$levels)
        names(table) <- make.unique(names(table), "_")
    }
    if (test == "logistic") table$penalized <- found$penalised
    if (options$permutations > 0) {
        table$fdr_permutation <- replace(found$fdr, is.nan(found$fdr), NA)
        table$p_adjusted <- adjusted_p(table$p_value, found$smallest_by_chance)
    }
    structure(
        table,
        class = c("clustcr_association", "data.frame"),
        summary = association_summary(table, found, test, x$value, groups,
            options)
    )
}

association_summary <- function(table, found, test, value, groups, options) {
    list(
        test = test, value = value, case_known = groups$known,
        case = groups$levels[2L], control = groups$levels[1L],
        n_case = sum(groups$label == 1L, na.rm = TRUE),
        n_control = sum(groups$label == 0L, na.rm = TRUE),
        left_out = sum(is.na(groups$label)), clusters = nrow(table),
        tested = sum(!is.na(table$p_value)), alpha = options$alpha,
        passing = sum(table$q_value <= options$alpha, na.rm = TRUE),
        permutations = if (options$permutations > 0) {
            data.frame(
                passing = found$passing_by_chance,
                smallest_p = found$smallest_by_chance
            )
        }
    )
}

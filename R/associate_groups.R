# One phenotype of two groups, or of more.

association_tests <- c("fisher", "wilcoxon", "logistic", "chisq", "kruskal",
    "spearman", "linear", "cox")

# What of a phenotype each test asks for.
test_kinds <- c(fisher = "groups", wilcoxon = "groups", logistic = "groups",
    chisq = "levels", kruskal = "levels", spearman = "numbers",
    linear = "numbers", cox = "survival")

# Levels that the exact test tells apart.
most_levels <- 20L

plan_groups <- function(cohort, setting) {
    name <- if (isTRUE(cohort$by_time)) "time" else "phenotype"
    groups <- as_case_labels(cohort$phenotype, setting$case, name)
    groups$label[!complete_samples(cohort)] <- NA
    if (!is.null(cohort$pairs)) groups <- whole_pairs(groups, cohort, setting)
    check_group_sizes(groups)
    used <- !is.na(groups$label)
    stratum <- stratum_numbers(cohort, used)
    if (is.null(cohort$pairs) && length(stratum) && max(stratum) == 1L) {
        inform("strata", "`strata` change nothing: all samples are of one ",
            "stratum")
    }
    test <- test_of_design(setting$test, cohort, stratum)
    base <- switch(test, logistic = adjusted_base(cohort, used),
        paired_logistic = pair_base(cohort, used, stratum),
        matrix(1, sum(used), 1L))
    run <- function(matrix, options) {
        cpp_associate(matrix, groups$label, test, base,
            c(options, list(stratum = stratum)), setting$threads)
    }
    list(run = run, about = c(list(kind = "groups", by_stratum =
        test == "stratified" && is.null(cohort$pairs)), groups))
}

# As the core calls the test where samples belong together.
test_of_design <- function(test, cohort, stratum) {
    if (test == "fisher" && length(stratum)) return("stratified")
    if (is.null(cohort$pairs)) return(test)
    c(wilcoxon = "signed_rank", logistic = "paired_logistic")[[test]]
}

# Of so many clusters, those with the smallest p-values, the odds ratio in each
# stratum.
most_in_strata <- 50L

strata_table <- function(found, groups, cohort, setting) {
    best <- order(found$p_value)
    best <- utils::head(best[!is.nan(found$p_value[best])], most_in_strata)
    matrix <- cohort$x$matrix[best, , drop = FALSE]
    known <- !is.na(groups$label)
    strata <- sort(unique(cohort$strata[known]), method = "radix")
    rows <- lapply(strata, function(stratum) {
        label <- replace(groups$label, !cohort$strata %in% stratum, NA)
        one <- test_rows(matrix, label, "fisher",
            once_options(setting$options))
        of <- function(which) sum(label == which, na.rm = TRUE)
        data.frame(cluster = cohort$x$cluster[best],
            stratum = rep(stratum, length(best)),
            one[c("estimate", "conf_low", "conf_high", "p_value")],
            n_case = one$n_case, of_case = rep(of(1L), length(best)),
            n_control = one$n_control, of_control = rep(of(0L), length(best)))
    })
    rows <- do.call(rbind, rows)
    rows <- rows[order(match(rows$cluster, cohort$x$cluster[best])), ]
    rownames(rows) <- NULL
    rows
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

plan_levels <- function(cohort, setting) {
    groups <- as_level_labels(cohort$phenotype)
    groups$label[!complete_samples(cohort)] <- NA
    sizes <- tabulate(groups$label + 1L, length(groups$levels))
    if (any(sizes < 2L)) {
        raise_error("too_few_samples", paste0(
            "each group must have two samples or more; ",
            given(groups$levels[sizes < 2L][1L]), " has ",
            sizes[sizes < 2L][1L]))
    }
    run <- function(matrix, options) {
        cpp_associate_levels(matrix, groups$label, length(groups$levels),
            setting$test, options, setting$threads)
    }
    list(run = run, about = c(list(kind = "levels"), groups))
}

# list(label, levels): of each sample its level, from 0.
as_level_labels <- function(phenotype) {
    value <- if (is.factor(phenotype)) as.character(phenotype) else phenotype
    if (is.character(value)) value[!nzchar(value)] <- NA
    levels <- if (is.factor(phenotype)) intersect(levels(phenotype), value)
        else sort(unique(value[!is.na(value)]), method = "radix")
    if (length(levels) < 2L || length(levels) > most_levels) {
        raise_error("phenotype", paste0("`phenotype` must have 2 to ",
            most_levels, " levels, not ", length(levels),
            if (is.numeric(value) && length(levels) > 2L) {
                "; numbers are tested by test = \"spearman\" or \"linear\""
            }))
    }
    list(label = match(value, levels) - 1L, levels = id_text(levels))
}

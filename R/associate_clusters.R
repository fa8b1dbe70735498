#' Which clusters go with a phenotype
#'
#' Tests for each cluster whether it occurs in other samples, or more in them,
#' in one of two groups than in the other: all clusters at once, on the sparse
#' matrix as it is. With `permutations` the groups' labels are shuffled, which
#' shows how many clusters pass by chance.
#'
#' A sample that was sequenced deeper has more of all clusters. Where depth
#' differs between the groups, or with age or batch, every test but one that
#' knows of it will find "associations": give the depth (such as
#' `log(receptors)`) and what else may confound as `covariates` of logistic
#' regression, and look at what permutations say.
#'
#' @section Tests:
#' * `"fisher"`: Fisher's exact test of presence (a value above 0), two-sided.
#'   `estimate` is the odds ratio, by conditional maximum likelihood, with exact
#'   limits: the numbers of [stats::fisher.test()]. A cluster that is in all
#'   samples has a p-value of 1 and no estimate (`NA`).
#' * `"wilcoxon"`: Wilcoxon's rank-sum test of the values, zeros included. The
#'   p-value is always that of the normal approximation with corrections for
#'   ties and continuity, `wilcox.test(exact = FALSE)`, for there are always
#'   ties at zero. `estimate` is the probability that a case has more than a
#'   control, ties counted half (0.5: no difference), with DeLong's limits
#'   (1988), cut at 0 and 1. A cluster with one value in all samples is not
#'   tested.
#' * `"logistic"`: logistic regression of the group on the value and
#'   `covariates`. `estimate` is the odds ratio for one unit of the value.
#'   Limits are those of the profile likelihood, p-values of the likelihood
#'   ratio ([stats::glm()] and its `anova(test = "LRT")`), whatever the values'
#'   scale. Where a cluster or the covariates separate the groups there is no
#'   such estimate, and there only Firth's penalised likelihood is used
#'   (`penalised`), with penalised likelihood ratios and profiles (Heinze and
#'   Schemper 2002). A cluster whose values follow from the covariates is not
#'   tested. Clusters with the same values in all samples are tested once.
#'
#' @section Values:
#' What `"wilcoxon"` and `"logistic"` test, which `print()` says:
#'
#' * `"receptors"`: the different receptors of the cluster in the sample. A
#'   clone counts 1, however expanded it is. The default, for clusters as for
#'   what [clusterMatrix()] makes of them.
#' * `"presence"`: 1 where the value is above 0.
#' * `"log_count"`: \eqn{\log(1 + 10{,}000\,c / d)}, of the cluster's count
#'   \eqn{c} and the sample's sum \eqn{d} over all clusters of `x`.
#' * `"duplicate_count"`: the sum of counts as it is. A few expanded clones
#'   decide then over the odds ratio of one more count.
#'
#' A matrix holds what you put into it, and is tested as it is.
#'
#' @section Case and control:
#' Odds ratios and probabilities are those of the case. Which it is, in this
#' order:
#'
#' * `case`, where it is given;
#' * the second level of a factor: the first is the control;
#' * the level that is not called as controls are: `control`, `healthy`, `HC`,
#'   `normal`, `negative`, `no`, `-`, `0`, `FALSE`, `unaffected`, `baseline`,
#'   `wild type`, `placebo`, `untreated` and the like, in any case of letters
#'   and as a word of a name (`Healthy donor`, `CMV-`, `non-smoker`); or the one
#'   that is called a case (`patient`, `infected`, `yes`, ...);
#' * else the last one in the alphabet, or the larger number. The columns
#'   `n_case` and `n_control` are then called by level (`n_<level>`), and
#'   `print()` says so.
#'
#' @section Samples:
#' Samples without a phenotype (`NA`, or `""`) or, for logistic regression, with
#' a missing covariate are left out and counted. Names of samples are compared:
#' those of the columns of `x` with a sheet's, which stand in whichever of its
#' columns `repertoire_id`, `sample_id`, `sample`, `sample_name` (in any
#' spelling), row names or other text fits, and with the names of a vector. One
#' that is not in the other is an error that shows both. A vector or sheet
#' without names is taken in the order of the samples, and a message says so; it
#' is an error where the sheet that `x` has says otherwise.
#'
#' @param x Clusters in rows, samples in columns: a sparse matrix of the Matrix
#'     package (a `dgCMatrix` is used as it is), a matrix, or a
#'     `SummarizedExperiment`, whose `colData` is the sample sheet: all as
#'     [clusterMatrix()] gives them. Values are numbers of zero or more:
#'     presence, receptors, or counts. Or clusters as for [clusterMatrix()].
#' @param phenotype The two groups: a vector with a value for each sample
#'     (names, where there, are those of samples), or the name of a column of
#'     the sample sheet. See below for which is the case.
#' @param test Which test; see below.
#' @param covariates For logistic regression: a formula such as `~ age + sex`,
#'     names of columns of the sample sheet, a data.frame with a row for each
#'     sample, or a vector.
#' @param min_samples Clusters in fewer samples are not tested, 1 or more.
#'     Larger tests fewer, so that those left have smaller q-values.
#' @param permutations How often the labels are shuffled, 0 or more. The
#'     covariates stay with their samples.
#' @param seed Of the shuffles, a whole number of 0 or more.
#' @param n_cpus Threads: a count, or `"all"`. The result does not depend on
#'     it.
#' @param sample_data The sample sheet, where `x` has none or an older one: a
#'     data.frame, or the path of a table, with a row for each sample.
#' @param conf_level Of the limits, between 0 and 1.
#' @param alpha The largest q-value of a cluster that counts as passing.
#' @param assay Of a `SummarizedExperiment`: the name or number of the assay.
#' @param case Which of the two levels of `phenotype` is the case; `NULL`: see
#'     below.
#' @param value What is tested of a cluster in a sample: `"receptors"`,
#'     `"presence"`, `"log_count"` or `"duplicate_count"`; see below. `NULL`:
#'     of clusters `"receptors"`, of a matrix its values as they are. Fisher's
#'     test is of presence, whatever is said here.
#' @return A data.frame of class `clustcr_association` with a row for each
#'     cluster, in the order of `x`:
#'
#'     * `cluster`: the row's name; a number where all names are, or where
#'       there are none.
#'     * `estimate`, `conf_low`, `conf_high`: see above; `NA` where not tested.
#'     * `p_value`, and `q_value`: adjusted for all clusters tested (Benjamini
#'       and Hochberg 1995).
#'     * `n_samples`, `n_case`, `n_control`: samples with the cluster. Where
#'       neither group is known as the control: `n_<level>` of each.
#'     * `penalised` (logistic regression only): whether the fit is Firth's.
#'     * `fdr_permutation` (with permutations only): the number of clusters
#'       expected by chance with a p-value as small, over the number observed.
#'
#'     The attribute `summary` is a list: `test`, `value`, `case`, `control`
#'     (the levels), `case_known`, `n_case`, `n_control` (samples), `left_out`,
#'     `clusters`, `tested`, `passing` (q-values of at most `alpha`) and
#'     `permutations`, a data.frame with a row for each shuffle: `passing`, the
#'     clusters with a p-value that would have passed, and `smallest_p`.
#' @section Errors:
#' `clustcr_error_invalid_argument` where an argument is not what it must be;
#' `clustcr_error_samples` where names of samples do not agree;
#' `clustcr_error_phenotype` where there are not two groups;
#' `clustcr_error_covariates` where covariates are constant or follow from each
#' other; `clustcr_error_too_few_samples` where a group is too small.
#' @seealso [plotAssociation()] for a picture, [publicClusters()],
#'     [RepertoireClusters]
#' @references Firth (1993) Biometrika 80:27. Heinze, Schemper (2002) Stat Med
#'     21:2409. DeLong, DeLong, Clarke-Pearson (1988) Biometrics 44:837.
#'     Emerson et al. (2017) Nat Genet 49:659 (Fisher's test on public
#'     receptors).
#' @export
#' @examples
#' # Presence of three clusters in eight samples, four of them ill.
#' x <- rbind(
#'     c(1, 1, 1, 1, 0, 0, 0, 0), c(1, 0, 1, 0, 1, 1, 0, 0), rep(1, 8)
#' )
#' ill <- rep(c("yes", "no"), each = 4)
#' associateClusters(x, ill, permutations = 100)
#' age <- c(30, 41, 55, 62, 35, 44, 58, 60)
#' associateClusters(x, ill, "logistic", covariates = age)
#' # Nobody knows which of these is the case, if it is not said.
#' group <- rep(c("tumor", "blood"), each = 4)
#' associateClusters(x, group, case = "tumor")
associateClusters <- function(x, phenotype,
                              test = c("fisher", "wilcoxon", "logistic"),
                              covariates = NULL, min_samples = 2,
                              permutations = 0, seed = 42, n_cpus = 1,
                              samples = NULL, conf_level = 0.95,
                              alpha = 0.05, assay = 1, case = NULL,
                              value = NULL, ...) {
    old_arguments(sample_data = "samples")
    if (missing(test)) test <- test[1L]
    test <- check_choice(test, "test", c("fisher", "wilcoxon", "logistic"))
    options <- association_options(min_samples, permutations, seed, conf_level,
        alpha)
    threads <- check_threads(n_cpus)
    if (!is.null(covariates) && test != "logistic") {
        bad_argument("`covariates` must be NULL unless `test` is \"logistic\"")
    }
    x <- tested_matrix(x, value, test, assay)
    sheet <- if (is.null(samples)) x$sheet
        else align_sheet(samples, x$samples, ncol(x$matrix), "samples",
            x$sheet)
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

#' @rdname associateClusters
#' @param n How many clusters are shown: those with the smallest p-values.
#' @param ... Passed on to `print()` of a data.frame.
#' @export
print.clustcr_association <- function(x, n = 10, ...) {
    about <- attr(x, "summary")
    rows <- as.data.frame(unclass_association(x))
    # A part of a result has lost what it is a part of.
    if (is.null(about) || about$clusters != nrow(x)) {
        print_table(rows, ...)
        return(invisible(x))
    }
    say_lines(association_header(about))
    shown <- utils::head(order(rows$p_value), n)
    print_table(rows[shown, , drop = FALSE], row.names = FALSE, digits = 3, ...)
    if (nrow(rows) > length(shown)) {
        cat("... and ", count_text(nrow(rows) - length(shown), "cluster"),
            " with larger p-values\n", sep = "")
    }
    invisible(x)
}

unclass_association <- function(x) {
    class(x) <- "data.frame"
    attr(x, "summary") <- NULL
    x
}

association_header <- function(about) {
    shuffles <- about$permutations
    lines <- c(
        paste0(
            "Association (", about$test, "): ", about$n_case, " \"",
            about$case, "\" against ", about$n_control, " \"", about$control,
            "\"", if (about$left_out) {
                paste0(", ", about$left_out, " left out")
            }
        ),
        paste0("Tested: ", value_words(about$value)),
        paste0("Estimate: ", estimate_words(about)),
        if (!about$case_known) {
            "Neither group is known as the control: `case =` says which is what"
        },
        paste0(
            count_text(about$tested, "cluster"), " tested of ",
            shown_number(about$clusters), "; ", about$passing,
            " with a q-value of at most ", format(about$alpha)
        ),
        if (!is.null(shuffles)) {
            paste0(
                "By chance ", format(mean(shuffles$passing), digits = 3),
                " would pass (", count_text(nrow(shuffles), "shuffle"),
                ", at most ", max(shuffles$passing), ")"
            )
        }
    )
    strwrap(lines, 80, exdent = 4)
}

# Whose odds they are.
estimate_words <- function(about) {
    case <- paste0("\"", about$case, "\"")
    switch(about$test,
        fisher = paste("odds ratio of", case, "with the cluster"),
        logistic = paste("odds ratio of", case, "for one more of the value"),
        wilcoxon = paste("probability that", case, "has more than",
            paste0("\"", about$control, "\""))
    )
}

# Test clusters against a phenotype: man/associateClusters.Rd.
associateClusters <- function(x, phenotype = NULL,
                              test = c("fisher", "wilcoxon", "logistic",
                                  "chisq", "kruskal", "spearman", "linear",
                                  "cox"),
                              covariates = NULL, min_samples = 2,
                              permutations = 0, seed = 42, n_cpus = 1,
                              samples = NULL, conf_level = 0.95,
                              alpha = 0.05, assay = 1, case = NULL,
                              value = NULL, strata = NULL, subject = NULL,
                              time = NULL,
                              depth = c("none", "covariate", "downsample"),
                              max_rows = 1e5, ...) {
    old_arguments(sample_data = "samples")
    test <- check_choice(test, "test", association_tests)
    options <- association_options(min_samples, permutations, seed, conf_level,
        alpha, max_rows)
    options$depth <- check_choice(depth, "depth", depth_choices)
    threads <- check_threads(n_cpus)
    refuse_design(test, covariates, strata, subject, time, options$depth)
    x <- tested_matrix(x, value, test, assay, options$depth,
        options$seed)
    sheet <- align_sheet(samples, x$samples, ncol(x$matrix), "samples",
        x$sheet)
    cohort <- association_cohort(x, sheet, phenotype, covariates, strata,
        subject, time, options$depth)
    setting <- list(test = test, options = options, threads = threads,
        case = case)
    if (is.data.frame(cohort$phenotype)) {
        return(associate_several(cohort, setting))
    }
    tested <- test_phenotype(cohort, setting)
    with_identity(association_table(tested, cohort, setting), x$identity)
}

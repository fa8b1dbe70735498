# Fisher's test of every cluster against every phenotype.

# `found`: of resolve_phenotypes().
associate_many <- function(x, found, options, stratum, threads) {
    tests <- cpp_associate_many(x$matrix, found$labels, stratum, options,
        threads)
    table <- many_table(tests, x, found, options)
    with_identity(table, many_identity(x$identity, table$cluster))
}

# Of the clusters that have rows.
many_identity <- function(identity, clusters) {
    if (is.null(identity)) NULL else identity_within(identity, clusters)
}

many_table <- function(tests, x, found, options) {
    about <- found$table[found$tested, , drop = FALSE]
    nan_to_na <- function(value) replace(value, is.nan(value), NA)
    table <- data.frame(
        cluster = x$cluster[tests$cluster + 1L],
        phenotype = about$phenotype[tests$phenotype + 1L],
        estimate = nan_to_na(tests$estimate),
        conf_low = nan_to_na(tests$conf_low),
        conf_high = nan_to_na(tests$conf_high),
        p_value = tests$p_value, q_value = tests$q_value,
        n_samples = tests$n_samples, n_case = tests$n_case,
        n_control = tests$n_samples - tests$n_case
    )
    if (options$permutations > 0) {
        table$fdr_permutation <- tests$fdr
        table$p_adjusted <- adjusted_p(tests$p_value, tests$smallest_by_chance)
    }
    structure(table, class = c("clustcr_association", "data.frame"),
        summary = many_summary(tests, table, x, found, options))
}

# The share of shuffles, and of the data themselves, whose smallest p-value is
# as small (Westfall and Young 1993, in one step).
adjusted_p <- function(p, smallest) {
    smallest <- sort(smallest)
    seen <- findInterval(p * (1 + 1e-9), smallest)
    replace((1 + seen) / (1 + length(smallest)), is.na(p), NA)
}

many_summary <- function(tests, table, x, found, options) {
    phenotypes <- found$table
    at <- which(found$tested)
    for (column in c("tested", "passing", "smallest")) {
        phenotypes[[column]] <- replace(rep(0, nrow(phenotypes)), at,
            tests[[column]])
    }
    phenotypes$smallest[phenotypes$tested == 0] <- NA
    names(phenotypes)[names(phenotypes) == "smallest"] <- "smallest_p"
    phenotypes <- phenotypes[c(setdiff(names(phenotypes), "why"), "why")]
    tested <- sum(phenotypes$tested)
    list(
        test = "fisher", value = "presence", phenotypes = phenotypes,
        clusters = nrow(x$matrix), tested = tested,
        passing = sum(phenotypes$passing), alpha = options$alpha,
        rows = nrow(table), unreachable = tested - tests$reachable,
        not_shown = tests$reachable - nrow(table),
        permutations = if (options$permutations > 0) {
            data.frame(passing = tests$passing_by_chance,
                smallest_p = tests$smallest_by_chance)
        }
    )
}

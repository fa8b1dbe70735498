# One phenotype tested, and the table of it.

# list(found, about): what the core has found of one phenotype, and what it was
# tested with: kind, label or value by sample, levels.
test_phenotype <- function(cohort, setting) {
    kind <- if (inherits(cohort$phenotype, "Surv")) "survival"
        else test_kinds[[setting$test]]
    switch(kind,
        groups = test_groups(cohort, setting),
        levels = test_levels(cohort, setting),
        numbers = test_numbers(cohort, setting),
        survival = test_survival(cohort, setting)
    )
}

# A row for each cluster.
association_table <- function(tested, cohort, setting) {
    found <- tested$found
    about <- tested$about
    options <- setting$options
    if (setting$test %in% c("logistic", "cox")) {
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
        cluster = cohort$x$cluster, columns,
        q_value = stats::p.adjust(columns$p_value, "BH"),
        n_samples = found$n_case + found$n_control
    )
    table <- with_counts(table, found, about, cohort$x$matrix)
    if (setting$test == "logistic") table$penalized <- found$marked
    if (setting$test == "chisq") table$exact <- found$marked
    if (options$permutations > 0) {
        table$fdr_permutation <- replace(found$fdr, is.nan(found$fdr), NA)
        table$p_adjusted <- adjusted_p(table$p_value, found$smallest_by_chance)
    }
    structure(table, class = c("clustcr_association", "data.frame"),
        summary = association_summary(table, found, about, cohort, setting))
}

# How many samples of each group have the cluster.
with_counts <- function(table, found, about, matrix) {
    if (about$kind == "groups") {
        columns <- data.frame(n_case = found$n_case,
            n_control = found$n_control)
        # Where nobody knows which is the case, columns are called by level.
        if (!about$known) names(columns) <- paste0("n_", rev(about$levels))
        table[names(columns)] <- columns
        names(table) <- make.unique(names(table), "_")
    }
    if (about$kind == "levels") {
        column <- rep(about$label, diff(matrix@p))
        present <- which(matrix@x > 0 & !is.na(column))
        for (i in seq_along(about$levels)) {
            own <- present[column[present] == i - 1L]
            table[[paste0("n_", about$levels[i])]] <- tabulate(
                matrix@i[own] + 1L, nrow(matrix))
        }
        names(table) <- make.unique(names(table), "_")
    }
    table
}

# The share of shuffles, and of the data themselves, whose smallest p-value is
# as small (Westfall and Young 1993, in one step).
adjusted_p <- function(p, smallest) {
    smallest <- sort(smallest)
    seen <- findInterval(p * (1 + 1e-9), smallest)
    replace((1 + seen) / (1 + length(smallest)), is.na(p), NA)
}

association_summary <- function(table, found, about, cohort, setting) {
    groups <- if (about$kind == "groups") list(
        case_known = about$known, case = about$levels[2L],
        control = about$levels[1L],
        n_case = sum(about$label == 1L, na.rm = TRUE),
        n_control = sum(about$label == 0L, na.rm = TRUE)
    )
    levels <- if (about$kind == "levels") list(groups = data.frame(
        level = about$levels, samples = tabulate(about$label + 1L,
            length(about$levels))))
    options <- setting$options
    c(list(test = setting$test, value = cohort$x$value), groups, levels, list(
        samples = sum(!is.na(about$label)),
        left_out = sum(is.na(about$label)), clusters = nrow(table),
        tested = sum(!is.na(table$p_value)), alpha = options$alpha,
        passing = sum(table$q_value <= options$alpha, na.rm = TRUE),
        design = design_words(cohort), depth = about$depth,
        batch = about$batch, strata = about$strata,
        permutations = if (options$permutations > 0) {
            data.frame(
                passing = found$passing_by_chance,
                smallest_p = found$smallest_by_chance
            )
        }
    ))
}

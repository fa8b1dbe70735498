# One phenotype tested, and the table of it.

# list(run, about): run(matrix, options) tests any clusters of the cohort's
# samples; `about` is what they are tested with: kind, label or value by sample,
# levels, and the columns that count the levels.
plan_phenotype <- function(cohort, setting) {
    kind <- if (inherits(cohort$phenotype, "Surv")) "survival"
        else test_kinds[[setting$test]]
    plan <- switch(kind,
        groups = plan_groups(cohort, setting),
        levels = plan_levels(cohort, setting),
        numbers = plan_numbers(cohort, setting),
        survival = plan_survival(cohort, setting)
    )
    plan$about$columns <- count_columns(plan$about, isTRUE(setting$several))
    plan
}

# list(found, about): what the core has found, and the plan's `about` with what
# else is known of the cohort.
test_phenotype <- function(cohort, setting) {
    plan <- plan_phenotype(cohort, setting)
    found <- plan$run(cohort$x$matrix, setting$options)
    about <- plan$about
    if (isTRUE(about$by_stratum) && !isTRUE(setting$several)) {
        about$strata <- strata_table(found, about, cohort, setting)
    }
    list(found = found, about = with_warnings(about, cohort, setting))
}

# The columns of results that begin as those of levels do.
counted_columns <- c("n_samples", "n_receptors", "n_own")

# What the counts of groups are called, in their order. Where nobody knows which
# is the case they are called by level, and no level takes another column's
# name. Of several phenotypes levels have names of their own in each.
count_columns <- function(about, several) {
    levels <- switch(about$kind, groups = rev(about$levels),
        levels = about$levels)
    if (is.null(levels)) return(NULL)
    if (about$kind == "groups" && (about$known || several)) {
        return(c("n_case", "n_control"))
    }
    if (several) return(NULL)
    names <- make.unique(c(counted_columns, paste0("n_", levels)), "_")
    names[-seq_along(counted_columns)]
}

# A row for each cluster of the matrix.
tested_rows <- function(found, about, matrix, test) {
    found <- readable_estimates(found, test)
    rows <- data.frame(
        found[c("estimate", "conf_low", "conf_high", "p_value")],
        n_samples = found$n_case + found$n_control
    )
    if (length(about$columns)) {
        counts <- if (about$kind == "groups") found[c("n_case", "n_control")]
            else level_counts(about, matrix)
        rows[about$columns] <- counts
    }
    if (test == "logistic") rows$penalized <- found$marked
    if (test == "chisq") rows$exact <- found$marked
    rows
}

# How many samples of each level have the cluster.
level_counts <- function(about, matrix) {
    column <- rep(about$label, diff(matrix@p))
    present <- which(matrix@x > 0 & !is.na(column))
    lapply(seq_along(about$levels), function(i) {
        own <- present[column[present] == i - 1L]
        tabulate(matrix@i[own] + 1L, nrow(matrix))
    })
}

# The whole table with q-values and, of shuffles, what they say: `chance` is
# list(fdr, smallest_by_chance).
adjusted_rows <- function(rows, chance = NULL) {
    at <- seq_len(match("p_value", names(rows)))
    table <- data.frame(rows[at],
        q_value = stats::p.adjust(rows$p_value, "BH"), rows[-at],
        check.names = FALSE)
    if (length(chance$smallest_by_chance)) {
        table$fdr_permutation <- nan_to_na(chance$fdr)
        table$p_adjusted <- adjusted_p(table$p_value, chance$smallest_by_chance)
    }
    table
}

association_table <- function(tested, cohort, setting) {
    rows <- tested_rows(tested$found, tested$about, cohort$x$matrix,
        setting$test)
    table <- adjusted_rows(data.frame(cluster = cohort$x$cluster, rows,
        check.names = FALSE), tested$found)
    structure(table, class = c("clustcr_association", "data.frame"),
        summary = association_summary(table, tested$about, tested$found, cohort,
            setting))
}

# The share of shuffles, and of the data themselves, whose smallest p-value is
# as small (Westfall and Young 1993, in one step).
adjusted_p <- function(p, smallest) {
    smallest <- sort(smallest)
    seen <- findInterval(p * (1 + 1e-9), smallest)
    replace((1 + seen) / (1 + length(smallest)), is.na(p), NA)
}

association_summary <- function(table, about, chance, cohort, setting) {
    groups <- if (about$kind == "groups") list(
        case_known = about$known, case = about$levels[2L],
        control = about$levels[1L],
        n_case = sum(about$label == 1L, na.rm = TRUE),
        n_control = sum(about$label == 0L, na.rm = TRUE)
    )
    levels <- if (about$kind == "levels") list(groups = data.frame(
        level = about$levels, samples = tabulate(about$label + 1L,
            length(about$levels)), column = about$columns))
    options <- setting$options
    c(list(test = setting$test, value = cohort$x$value,
        settings = association_settings(cohort, setting)), groups, levels, list(
        samples = sum(!is.na(about$label)),
        left_out = count_left_out(cohort, about$label), clusters = nrow(table),
        tested = sum(!is.na(table$p_value)), alpha = options$alpha,
        passing = sum(table$q_value <= options$alpha, na.rm = TRUE),
        design = design_words(cohort), depth = about$depth,
        batch = about$batch, strata = about$strata,
        permutations = chance_frame(chance)
    ))
}

# What was asked for beside samples, test and value, and decides over the
# result.
association_settings <- function(cohort, setting) {
    of <- setting$options
    list(min_samples = of$min_samples, conf_level = of$confidence,
        seed = of$seed, depth = of$depth, max_rows = of$max_rows,
        assay = cohort$x$assay)
}

# A row for each shuffle.
chance_frame <- function(chance) {
    if (!length(chance$smallest_by_chance)) return(NULL)
    data.frame(passing = chance$passing_by_chance,
        smallest_p = chance$smallest_by_chance)
}

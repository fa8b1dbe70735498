# Every cluster against every phenotype: Fisher's test of all at once, other
# tests a phenotype at a time.

associate_several <- function(cohort, setting) {
    if (setting$test %in% c("fisher", "wilcoxon", "logistic")) {
        found <- resolve_phenotypes(cohort$phenotype, setting$case)
        if (setting$test == "fisher" && is.null(cohort$strata)) {
            return(associate_many(cohort, found, setting))
        }
        cohort$phenotype <- cohort$phenotype[found$tested]
        table <- found$table
    } else {
        table <- data.frame(phenotype = names(cohort$phenotype))
        table$why <- rep("", nrow(table))
    }
    associate_each(cohort, table, setting)
}

# `found`: of resolve_phenotypes().
associate_many <- function(cohort, found, setting) {
    x <- cohort$x
    tests <- cpp_associate_many(x$matrix, found$labels, setting$options,
        setting$threads)
    table <- many_table(tests, x, found, setting$options)
    about <- many_summary(tests, table, x, found, setting$options)
    about$design <- design_words(cohort)
    about$depth <- depth_of_many(found$labels, cohort, setting)
    with_identity(structure(table, summary = about),
        many_identity(x$identity, table$cluster))
}

# The tests of one phenotype after the other; the rows of all that have a
# p-value, at most `max_rows`.
associate_each <- function(cohort, table, setting) {
    phenotypes <- names(cohort$phenotype)
    options <- setting$options
    tests <- lapply(stats::setNames(nm = phenotypes), function(name) {
        one <- cohort
        one$phenotype <- cohort$phenotype[[name]]
        quiet <- setting
        quiet$several <- TRUE
        found <- association_table(test_phenotype(one, quiet), one, quiet)
        about <- attr(found, "summary")
        found <- as.data.frame(unclass_association(found))
        # Levels have names of their own in each.
        found <- found[!is.na(found$p_value), intersect(names(found),
            each_columns), drop = FALSE]
        list(rows = found, about = about)
    })
    rows <- as.data.frame(data.table::rbindlist(lapply(tests, `[[`, "rows"),
        idcol = "phenotype", fill = TRUE))
    rows$q_value <- stats::p.adjust(rows$p_value, "BH")
    chance <- each_chance(tests, options)
    if (!is.null(chance)) {
        rows$p_adjusted <- adjusted_p(rows$p_value, chance$smallest_p)
    }
    table <- each_phenotypes(table, tests, rows, options)
    all <- nrow(rows)
    place <- match(rows$phenotype, phenotypes)
    rows <- rows[order(rows$p_value, place), , drop = FALSE]
    if (all > options$max_rows) {
        largest <- rows$p_value[options$max_rows + 1L]
        rows <- rows[rows$p_value < largest, , drop = FALSE]
    }
    rownames(rows) <- NULL
    rows <- rows[c("cluster", "phenotype", setdiff(names(rows), c("cluster",
        "phenotype")))]
    about <- list(test = setting$test, value = cohort$x$value,
        phenotypes = table, clusters = nrow(cohort$x$matrix), tested = all,
        passing = sum(table$passing), alpha = options$alpha,
        rows = nrow(rows), unreachable = 0, not_shown = all - nrow(rows),
        design = design_words(cohort), permutations = chance)
    with_identity(structure(rows, summary = about,
        class = c("clustcr_association", "data.frame")),
        many_identity(cohort$x$identity, rows$cluster))
}

# What a row of several phenotypes has.
each_columns <- c("cluster", "estimate", "conf_low", "conf_high", "p_value",
    "n_samples", "n_case", "n_control", "penalized", "exact")

# Each phenotype is shuffled by itself, by the same seed.
each_chance <- function(tests, options) {
    if (options$permutations == 0) return(NULL)
    smallest <- lapply(tests, function(one) one$about$permutations$smallest_p)
    passing <- lapply(tests, function(one) one$about$permutations$passing)
    data.frame(passing = Reduce(`+`, passing),
        smallest_p = do.call(pmin, unname(smallest)))
}

each_phenotypes <- function(table, tests, rows, options) {
    at <- match(table$phenotype, names(tests))
    count <- function(which) {
        as.numeric(table(factor(rows$phenotype[which], table$phenotype)))
    }
    table$tested <- count(TRUE)
    table$passing <- count(rows$q_value <= options$alpha)
    smallest <- tapply(rows$p_value, factor(rows$phenotype, table$phenotype),
        min)
    table$smallest_p <- as.vector(smallest)
    table$depth_p <- vapply(at, function(i) {
        p <- if (!is.na(i)) tests[[i]]$about$depth$p_value
        if (is.null(p)) NA_real_ else p
    }, 0)
    table[c(setdiff(names(table), "why"), "why")]
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
    structure(table, class = c("clustcr_association", "data.frame"))
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

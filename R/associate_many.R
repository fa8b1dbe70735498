# Every cluster against every phenotype: Fisher's test of all at once, other
# tests a phenotype at a time.

associate_several <- function(cohort, setting) {
    several <- several_phenotypes(cohort, setting)
    if (several$at_once) {
        return(associate_many(cohort, several$found, setting))
    }
    cohort$phenotype <- several$frame
    associate_each(cohort, several$table, setting)
}

# list(at_once, found, frame, table): whether all can be tested at once; of two
# groups what resolve_phenotypes() found; the phenotypes that can be tested; and
# a row for each, with why some can't.
several_phenotypes <- function(cohort, setting) {
    frame <- cohort$phenotype
    if (!setting$test %in% names(test_kinds)[test_kinds == "groups"]) {
        table <- data.frame(phenotype = names(frame))
        table$why <- rep("", nrow(table))
        return(list(at_once = FALSE, frame = frame, table = table))
    }
    found <- resolve_phenotypes(frame, setting$case)
    list(at_once = setting$test == "fisher" && is.null(cohort$strata),
        found = found, frame = frame[found$tested], table = found$table)
}

# `found`: of resolve_phenotypes().
associate_many <- function(cohort, found, setting) {
    x <- cohort$x
    tests <- cpp_associate_many(x$matrix, found$labels, setting$options,
        setting$threads)
    rows <- data.frame(cluster = x$cluster[tests$cluster + 1L])
    table <- many_table(tests, rows, found, setting$options)
    about <- many_summary(tests, nrow(table), nrow(x$matrix), found, cohort,
        setting)
    with_identity(structure(table, summary = about,
        class = c("clustcr_association", "data.frame")),
        many_identity(x$identity, table$cluster))
}

# The tests of one phenotype after the other; the rows of all that have a
# p-value, at most `max_rows`.
associate_each <- function(cohort, table, setting) {
    collected <- collect_tests(names(cohort$phenotype), setting$options)
    about <- lapply(names(cohort$phenotype), function(name) {
        one <- cohort
        one$phenotype <- cohort$phenotype[[name]]
        one_setting <- c(setting, list(several = TRUE))
        tested <- test_phenotype(one, one_setting)
        rows <- tested_rows(tested$found, tested$about, cohort$x$matrix,
            setting$test)
        collected$add(name, data.frame(cluster = cohort$x$cluster, rows))
        collected$add_chance(tested$found)
        tested$about
    })
    rows <- collected$table()
    summary <- each_summary(collected, rows, table, about, cohort, setting)
    with_identity(structure(rows, summary = summary,
        class = c("clustcr_association", "data.frame")),
        many_identity(cohort$x$identity, rows$cluster))
}

# The tests of several phenotypes, as they come. Of all of them the p-values
# stay (8 bytes each), of the smallest the rows.
collect_tests <- function(phenotypes, options) {
    most <- options$max_rows
    p_values <- stats::setNames(rep(list(list()), length(phenotypes)),
        phenotypes)
    kept <- list()
    size <- 0
    below <- Inf
    chance <- NULL
    cutoff <- -1
    # Only what is below the first that is too many can be shown.
    shrink <- function() {
        rows <- as.data.frame(data.table::rbindlist(kept, fill = TRUE))
        if (nrow(rows) > most) {
            below <<- sort(rows$p_value, partial = most + 1)[most + 1]
            rows <- rows[rows$p_value < below, , drop = FALSE]
        }
        kept <<- list(rows)
        size <<- nrow(rows)
    }
    list(
        add = function(phenotype, rows) {
            p <- rows$p_value
            p_values[[phenotype]] <<- c(p_values[[phenotype]], list(p))
            rows <- rows[!is.na(p) & p < below, , drop = FALSE]
            # The first says which columns there are.
            if (!nrow(rows) && length(kept)) return()
            rows$phenotype <- rep(phenotype, nrow(rows))
            kept <<- c(kept, list(rows))
            size <<- size + nrow(rows)
            if (size > 2 * most + 1e5) shrink()
        },
        # Each phenotype is shuffled by itself, by the same seed.
        add_chance = function(found) {
            chance <<- added_chance(chance, chance_frame(found))
        },
        chance = function() chance,
        p_values = function(phenotype) {
            unlist(p_values[phenotype], use.names = FALSE)
        },
        # All p-values whose q-values pass are at most this.
        cutoff = function() cutoff,
        table = function() {
            shrink()
            adjusted <- cpp_step_up(kept[[1L]]$p_value, unlist(p_values,
                recursive = FALSE, use.names = FALSE), options$alpha)
            cutoff <<- adjusted$cutoff
            shown_tests(kept[[1L]], adjusted$q_value, phenotypes, chance)
        }
    )
}

# Of the same shuffles of two phenotypes.
added_chance <- function(one, other) {
    if (is.null(one)) return(other)
    data.frame(passing = one$passing + other$passing,
        smallest_p = pmin(one$smallest_p, other$smallest_p))
}

# The rows by p-value.
shown_tests <- function(rows, q_value, phenotypes, chance) {
    order <- order(rows$p_value, match(rows$phenotype, phenotypes))
    rows <- rows[order, , drop = FALSE]
    rownames(rows) <- NULL
    own <- setdiff(names(rows), "phenotype")
    first <- seq_len(match("estimate", own) - 1L)
    behind <- seq_len(match("p_value", own))
    table <- data.frame(rows[own[first]], rows["phenotype"],
        rows[own[setdiff(behind, first)]],
        q_value = q_value[order], rows[own[-behind]],
        check.names = FALSE)
    if (!is.null(chance)) {
        table$p_adjusted <- adjusted_p(table$p_value, chance$smallest_p)
    }
    table
}

each_summary <- function(collected, rows, table, about, cohort, setting) {
    options <- setting$options
    cutoff <- collected$cutoff()
    counts <- vapply(table$phenotype, function(name) {
        p <- collected$p_values(name)
        p <- p[!is.na(p)]
        c(length(p), sum(p <= cutoff), if (length(p)) min(p) else NA)
    }, numeric(3), USE.NAMES = FALSE)
    table$tested <- counts[1L, ]
    table$passing <- counts[2L, ]
    table$smallest_p <- counts[3L, ]
    all <- sum(table$tested)
    at <- match(table$phenotype, names(cohort$phenotype))
    table$depth_p <- vapply(at, function(i) {
        p <- if (!is.na(i)) about[[i]]$depth$p_value
        if (is.null(p)) NA_real_ else p
    }, 0)
    list(test = setting$test, value = cohort$x$value,
        settings = association_settings(cohort, setting),
        phenotypes = table[c(setdiff(names(table), "why"), "why")],
        left_out = count_left_out(cohort), clusters = clusters_of(cohort),
        tested = all,
        passing = sum(table$passing), alpha = options$alpha,
        rows = nrow(rows), unreachable = 0, not_shown = all - nrow(rows),
        design = design_words(cohort), permutations = collected$chance())
}

# Of the clusters that have rows.
many_identity <- function(identity, clusters) {
    if (is.null(identity)) NULL else identity_within(identity, clusters)
}

# `rows`: what each row is of.
many_table <- function(tests, rows, found, options) {
    about <- found$table[found$tested, , drop = FALSE]
    tests <- readable_estimates(tests, "fisher")
    table <- data.frame(
        rows, phenotype = about$phenotype[tests$phenotype + 1L],
        tests[c("estimate", "conf_low", "conf_high", "p_value", "q_value",
            "n_samples", "n_case")],
        n_control = tests$n_samples - tests$n_case
    )
    if (options$permutations > 0) {
        table$fdr_permutation <- tests$fdr
        table$p_adjusted <- adjusted_p(tests$p_value, tests$smallest_by_chance)
    }
    table
}

many_summary <- function(tests, rows, clusters, found, cohort, setting) {
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
        test = "fisher", value = "presence",
        settings = association_settings(cohort, setting),
        phenotypes = phenotypes,
        left_out = count_left_out(cohort), clusters = clusters,
        tested = tested,
        passing = sum(phenotypes$passing), alpha = setting$options$alpha,
        rows = rows, unreachable = tested - tests$reachable,
        not_shown = tests$reachable - rows,
        permutations = chance_frame(tests), design = design_words(cohort),
        depth = depth_of_many(found$labels, cohort, setting)
    )
}

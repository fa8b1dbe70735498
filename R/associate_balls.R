# The tests of balls, which come in blocks (ball_source()) and are never there
# as one matrix: associateReceptors().

# Calls visit(matrix, columns) for each block: balls by the cohort's columns,
# and a row for each that says what it is. list(balls, depth): how many there
# were, and the sums of all values by the cohort's columns.
walk_balls <- function(cohort, visit) {
    source <- cohort$x
    balls <- 0
    depth <- 0
    visit_block <- function(block) {
        columns <- data.frame(block$columns, n_receptors = block$n_receptors,
            n_own = block$n_samples)
        columns$precluster <- NULL
        visit(cohort_matrix(cohort, block$matrix), columns)
        balls <<- balls + nrow(columns)
        depth <<- depth + Matrix::colSums(block$matrix)
    }
    source$walk(visit_block, source$options)
    if (!balls) visit_block(no_balls(source))
    list(balls = balls, depth = cohort_depth(cohort, depth))
}

no_balls <- function(source) {
    none <- Matrix::sparseMatrix(integer(), integer(), x = numeric(),
        dims = c(0L, source$n))
    list(columns = list(junction_aa = character(), cluster = integer()),
        matrix = none, n_receptors = integer(), n_samples = integer())
}

# For depth as a covariate, which must be known before the first test.
ball_depth <- function(source) {
    walk_balls(list(x = source), function(matrix, columns) NULL)$depth
}

# list(table, tests, summary): a row for each ball; which of its columns are of
# the test.
tested_balls <- function(cohort, setting) {
    plan <- plan_phenotype(cohort, setting)
    first <- first_options(setting$options)
    columns <- rows <- keys <- list()
    seen <- with_progress("Testing receptors", walk_balls(cohort,
        function(matrix, of) {
            found <- plan$run(matrix, first)
            at <- length(rows) + 1L
            columns[[at]] <<- of
            rows[[at]] <<- tested_rows(found, plan$about, matrix, setting$test)
            keys[[at]] <<- found$key
        }))
    rows <- as.data.frame(data.table::rbindlist(rows))
    chance <- if (setting$options$permutations > 0 && seen$balls) {
        all <- all_tests(rows$p_value, unlist(keys))
        found <- with_progress("Shuffling", balls_by_chance(cohort,
            list(plan), list(all), setting$options))[[1L]]
        found$fdr <- cpp_block_fdr(found$at_place, c(setting$options, all))
        found
    }
    rows <- adjusted_rows(rows, chance)
    cohort <- seen_cohort(cohort, seen)
    about <- with_warnings(plan$about, cohort, setting)
    list(
        table = data.frame(as.data.frame(data.table::rbindlist(columns)), rows,
            check.names = FALSE),
        tests = names(rows),
        summary = association_summary(rows, about, chance, cohort, setting)
    )
}

# The first time the balls are tested only.
first_options <- function(options) {
    utils::modifyList(options, list(permutations = 0))
}

# What a block of shuffles must know of all blocks; tests with slow p-values
# have keys.
all_tests <- function(p_values, keys) {
    c(list(all_p_values = p_values), if (length(keys)) list(all_keys = keys))
}

seen_cohort <- function(cohort, seen) {
    cohort$x$rows <- seen$balls
    cohort$x$depth <- seen$depth
    cohort
}

# The balls once more, with shuffled samples: they are as long to make as to
# read, and all of them would not fit. Of each plan list(at_place,
# passing_by_chance, smallest_by_chance); `all`: of all_tests() for each.
balls_by_chance <- function(cohort, plans, all, options) {
    sums <- lapply(plans, function(plan) {
        list(at_place = 0, passing_by_chance = 0, smallest_by_chance = 1)
    })
    walk_balls(cohort, function(matrix, columns) {
        for (i in seq_along(plans)) {
            found <- plans[[i]]$run(matrix, c(options, all[[i]]))
            before <- sums[[i]]
            sums[[i]] <<- list(
                at_place = before$at_place + found$at_place,
                passing_by_chance = before$passing_by_chance +
                    found$passing_by_chance,
                smallest_by_chance = pmin(before$smallest_by_chance,
                    found$smallest_by_chance))
        }
    })
    sums
}

# Of several phenotypes, as of tested_balls().
several_balls <- function(cohort, setting) {
    several <- several_phenotypes(cohort, setting)
    if (several$at_once) return(many_balls(cohort, several$found, setting))
    cohort$phenotype <- several$frame
    names <- names(several$frame)
    plans <- lapply(names, function(name) {
        one <- cohort
        one$phenotype <- cohort$phenotype[[name]]
        plan_phenotype(one, c(setting, list(several = TRUE)))
    })
    first <- first_options(setting$options)
    collected <- collect_tests(names, setting$options)
    keys <- rep(list(list()), length(plans))
    columns <- NULL
    seen <- with_progress("Testing receptors", walk_balls(cohort,
        function(matrix, of) {
            columns <<- names(of)
            for (i in seq_along(plans)) {
                found <- plans[[i]]$run(matrix, first)
                collected$add(names[i], data.frame(of, tested_rows(found,
                    plans[[i]]$about, matrix, setting$test)))
                keys[[i]] <<- c(keys[[i]], list(found$key))
            }
        }))
    if (setting$options$permutations > 0 && seen$balls) {
        all <- lapply(seq_along(plans), function(i) {
            all_tests(collected$p_values(names[i]), unlist(keys[[i]]))
        })
        for (found in with_progress("Shuffling", balls_by_chance(cohort, plans,
            all, setting$options))) {
            collected$add_chance(found)
        }
    }
    cohort <- seen_cohort(cohort, seen)
    about <- lapply(plans, function(plan) {
        with_warnings(plan$about, cohort, c(setting, list(several = TRUE)))
    })
    table <- collected$table()
    list(table = table, tests = setdiff(names(table), columns),
        summary = each_summary(collected, table, several$table, about, cohort,
            setting))
}

# Shuffles are counted together, in one pass over the balls, while their tables
# fit into this.
shuffle_bytes <- 2^28

# Fisher's test of all phenotypes at once; the passes are the core's ManyTests.
many_balls <- function(cohort, found, setting) {
    tests <- cpp_many_tests(found$labels, c(setting$options,
        list(shuffle_bytes = shuffle_bytes)))
    wanted <- list()
    pass <- function() {
        before <- 0L
        walk_balls(cohort, function(matrix, columns) {
            rows <- cpp_many_block(tests, matrix, setting$threads)
            if (length(rows) || !length(wanted)) {
                wanted[[length(wanted) + 1L]] <<- cbind(
                    columns[rows, , drop = FALSE], ball = before + rows)
            }
            before <<- before + nrow(columns)
        })
    }
    seen <- with_progress("Testing receptors", {
        seen <- pass()
        while (cpp_many_next(tests, setting$threads)) pass()
        seen
    })
    result <- cpp_many_result(tests)
    wanted <- as.data.frame(data.table::rbindlist(wanted))
    balls <- wanted[match(result$cluster + 1L, wanted$ball),
        setdiff(names(wanted), "ball"), drop = FALSE]
    rownames(balls) <- NULL
    cohort <- seen_cohort(cohort, seen)
    table <- many_table(result, balls, found, setting$options)
    list(table = table, tests = setdiff(names(table), names(balls)),
        summary = many_summary(result, nrow(table), seen$balls, found, cohort,
            setting))
}

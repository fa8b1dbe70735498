# Test each public receptor with its neighbors: man/associateReceptors.Rd.
associateReceptors <- function(x, phenotype, neighbors = TRUE, min_samples = 2,
                               test = c("fisher", "wilcoxon", "logistic"),
                               covariates = NULL, permutations = 0, seed = 42,
                               n_cpus = 1, samples = NULL, conf_level = 0.95,
                               alpha = 0.05, case = NULL, value = NULL,
                               distance = NULL, max_distance = NULL,
                               v_gene = NULL, j_gene = NULL,
                               missing_genes = NULL, ambiguous_genes = NULL) {
    test <- check_choice(test, "test", c("fisher", "wilcoxon", "logistic"))
    check_flag(neighbors, "neighbors")
    options <- association_options(min_samples, permutations, seed, conf_level,
        alpha)
    threads <- check_threads(n_cpus)
    value <- ball_value(value, test)
    x <- as_clusters(x)
    source <- ball_source(x, mget(rule_arguments), threads)
    source$options <- list(min_samples = options$min_samples,
        neighbors = neighbors, value = value, cells = ball_cells)
    design <- sample_design(source, phenotype, test, covariates, samples, case)
    tests <- function(matrix, ...) {
        test_rows(matrix, design$groups$label, test, c(options, list(...)),
            design$base, threads)
    }
    found <- with_progress("Testing receptors", test_balls(source, tests))
    if (!nrow(found$columns)) {
        inform("left_out", "No receptor of `x` is in ",
            shown_number(min_samples), " samples or more: none was tested.")
    } else if (options$permutations > 0) {
        chance <- with_progress("Shuffling", balls_by_chance(source, tests,
            found$tests$p_value, options))
        found$tests <- c(found$tests, chance)
    }
    ball_table(found, x, source, test, design$groups, options)
}

# Values of a block that are not zero: about 30 MB.
ball_cells <- 2e6

ball_values <- c("presence", "receptors", "duplicate_count")

ball_value <- function(value, test) {
    if (!is.null(value)) check_choice(value, "value", ball_values)
    # Fisher's test asks for presence only.
    if (test == "fisher") "presence" else if (is.null(value)) "receptors"
    else value
}

# Where balls come from: list(matrix, samples, sheet, rule, walk): a matrix
# without rows, for the samples; walk(visit, options) calls visit(block) for
# blocks of balls.
ball_source <- function(x, asked, threads) {
    kept <- is_kept(x)
    asked <- Filter(Negate(is.null), asked)
    if (kept && length(asked)) {
        bad_argument("`", names(asked)[1L], "` must be NULL for clusters of a ",
            "run: neighbors are those of the run's rule")
    }
    if (!is.null(chosen_clusters(x))) {
        bad_argument("`x` must be all clusters: a part of them lacks ",
            "neighbors of its receptors")
    }
    rule <- link_rule(x, asked)
    if (kept) return(ball_source_of_run(x, rule, threads))
    table <- receptors_in_samples(x, rule)
    c(sample_frame(table$samples, NULL), list(
        rule = rule, clusters = table$clusters,
        walk = function(visit, options) {
            cpp_table_balls(table$rows, table$cluster, table$occurrences,
                length(table$samples), rule_list(rule), options, visit, threads)
        }
    ))
}

ball_source_of_run <- function(x, rule, threads) {
    tell_of_borders(x@parameters)
    c(sample_frame(id_text(x@samples$repertoire_id), x@samples), list(
        rule = rule, walk = function(visit, options) {
            cpp_run_balls(open_kept(x), options, visit, threads)
        }
    ))
}

# As as_cluster_matrix() has them.
sample_frame <- function(samples, sheet) {
    loadNamespace("Matrix")
    list(
        matrix = Matrix::sparseMatrix(integer(), integer(), x = numeric(),
            dims = c(0L, length(samples))),
        samples = samples, sheet = sheet
    )
}

tell_of_borders <- function(parameters) {
    cut <- parameters$method == "faiss" ||
        (parameters$method == "two-step" && parameters$borders == "cut")
    if (!cut && !isTRUE(parameters$divide)) return(invisible())
    inform("borders", "Neighbors are those of the same ", if (cut)
        "precluster" else "part of a component", ": `x` was made ", if (cut)
        "with preclusters that links do not cross" else "with `divide = TRUE`",
        ", and links across them are not seen.")
}

# Who is which group, and the covariates: list(groups, base).
sample_design <- function(x, phenotype, test, covariates, samples, case) {
    if (!is.null(covariates) && test != "logistic") {
        bad_argument("`covariates` must be NULL unless `test` is \"logistic\"")
    }
    sheet <- align_sheet(samples, x$samples, ncol(x$matrix), "samples",
        x$sheet)
    groups <- as_case_labels(resolve_phenotype(phenotype, x, sheet), case)
    frame <- resolve_covariates(covariates, x, sheet)
    if (!is.null(frame) && ncol(frame)) {
        groups$label[!stats::complete.cases(frame)] <- NA
    }
    check_group_sizes(groups)
    list(groups = groups, base = covariate_base(frame, !is.na(groups$label)))
}

# list(columns, tests): of all balls, what they are and what was found.
test_balls <- function(source, tests) {
    columns <- found <- list()
    source$walk(function(block) {
        at <- length(columns) + 1L
        columns[[at]] <<- data.frame(block$columns,
            n_receptors = block$n_receptors, n_own = block$n_samples)
        result <- tests(block$matrix)
        found[[at]] <<- as.data.frame(result[c("estimate", "conf_low",
            "conf_high", "p_value", "n_case", "n_control", "marked")])
    }, source$options)
    if (!length(columns)) {
        columns <- list(data.frame(junction_aa = character(),
            cluster = integer(), n_receptors = integer(), n_own = integer()))
        none <- stats::setNames(rep(list(numeric()), 7L), c("estimate",
            "conf_low", "conf_high", "p_value", "n_case", "n_control",
            "marked"))
        found <- list(as.data.frame(none))
    }
    list(
        columns = as.data.frame(data.table::rbindlist(columns)),
        tests = as.list(data.table::rbindlist(found))
    )
}

# The balls once more, with shuffled labels: they are as long to make as to
# read, and all of them would not fit.
balls_by_chance <- function(source, tests, p_values, options) {
    at_place <- passing <- 0
    smallest <- 1
    source$walk(function(block) {
        found <- tests(block$matrix, all_p_values = p_values)
        at_place <<- at_place + found$at_place
        passing <<- passing + found$passing_by_chance
        smallest <<- pmin(smallest, found$smallest_by_chance)
    }, source$options)
    list(fdr = cpp_block_fdr(p_values, at_place, options),
        passing_by_chance = passing, smallest_by_chance = smallest)
}

ball_table <- function(found, x, source, test, groups, options) {
    tests <- found$tests
    columns <- found$columns
    columns$precluster <- NULL
    # The core's number for none.
    columns$cluster[columns$cluster == .Machine$integer.max] <- NA
    if (!is_kept(x)) columns$cluster <- source$clusters[columns$cluster]
    q_value <- stats::p.adjust(tests$p_value, "BH")
    columns$family <- ball_families(columns, q_value <= options$alpha,
        tests$p_value, source$rule)
    chain <- x@parameters$chain
    if (isTRUE(is_paired(chain))) columns <- split_pairs(columns, chain)
    table <- data.frame(
        columns, tests[c("estimate", "conf_low", "conf_high", "p_value")],
        q_value = q_value,
        n_samples = tests$n_case + tests$n_control,
        n_case = tests$n_case, n_control = tests$n_control
    )
    # Where nobody knows which is the case, columns are called by level.
    if (!groups$known) {
        at <- match(c("n_control", "n_case"), names(table))
        names(table)[at] <- paste0("n_", groups$levels)
        names(table) <- make.unique(names(table), "_")
    }
    if (test == "logistic") table$penalized <- tests$marked
    if (!is.null(tests$fdr)) {
        table$fdr_permutation <- replace(tests$fdr, is.nan(tests$fdr), NA)
        table$p_adjusted <- adjusted_p(table$p_value, tests$smallest_by_chance)
    }
    structure(table,
        class = c("clustcr_receptor_association", "data.frame"),
        summary = ball_summary(table, tests, source, test, groups, options),
        rule = source$rule)
}

# Hits that are linked by neighbors that are hits, too: of each its family, the
# one with the smallest p-value first; NA of the others.
ball_families <- function(columns, passes, p_value, rule) {
    family <- rep(NA_integer_, nrow(columns))
    hits <- which(passes)
    if (!length(hits)) return(family)
    genes <- columns[hits, intersect(c("v_call", "j_call"), names(columns)),
        drop = FALSE]
    pairs <- cpp_neighbour_pairs(columns$junction_aa[hits],
        if (length(genes)) do.call(paste, c(genes, sep = "\t"))
        else character(), rule_list(rule), 1L)
    own <- joined_groups(length(hits), pairs$from, pairs$to)
    smallest <- tapply(p_value[hits], own, min)
    order <- names(smallest)[order(smallest, method = "radix")]
    family[hits] <- match(as.character(own), order)
    family
}

# As that of associateClusters().
ball_summary <- function(table, tests, source, test, groups, options) {
    list(
        test = test, value = source$options$value,
        neighbors = source$options$neighbors,
        case_known = groups$known, case = groups$levels[2L],
        control = groups$levels[1L],
        n_case = sum(groups$label == 1L, na.rm = TRUE),
        n_control = sum(groups$label == 0L, na.rm = TRUE),
        left_out = sum(is.na(groups$label)), clusters = nrow(table),
        tested = sum(!is.na(table$p_value)), alpha = options$alpha,
        passing = sum(table$q_value <= options$alpha, na.rm = TRUE),
        min_samples = options$min_samples,
        permutations = if (!is.null(tests$fdr)) {
            data.frame(passing = tests$passing_by_chance,
                smallest_p = tests$smallest_by_chance)
        }
    )
}

print.clustcr_receptor_association <- function(x, n = 10, ...) {
    about <- attr(x, "summary")
    rows <- as.data.frame(unclass_association(x))
    attr(rows, "rule") <- NULL
    if (is.null(about) || about$clusters != nrow(x)) {
        print_table(rows, ...)
        return(invisible(x))
    }
    say_lines(gsub("the cluster", if (about$neighbors) "the ball"
        else "the receptor", gsub("([0-9]) cluster", "\\1 receptor",
        association_header(about))))
    print_smallest(rows, n, "receptor", ...)
    invisible(x)
}

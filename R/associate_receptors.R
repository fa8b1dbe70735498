# Test each public receptor with its neighbors: man/associateReceptors.Rd.
associateReceptors <- function(x, phenotype = NULL, neighbors = TRUE,
                               min_samples = 2,
                               test = c("fisher", "wilcoxon", "logistic",
                                   "chisq", "kruskal", "spearman", "linear",
                                   "cox"),
                               covariates = NULL, permutations = 0, seed = 42,
                               n_cpus = 1, samples = NULL, conf_level = 0.95,
                               alpha = 0.05, case = NULL, value = NULL,
                               distance = NULL, max_distance = NULL,
                               v_gene = NULL, j_gene = NULL,
                               missing_genes = NULL, ambiguous_genes = NULL,
                               strata = NULL, subject = NULL, time = NULL,
                               depth = c("none", "covariate"),
                               max_rows = 1e5, v_distance = NULL) {
    test <- check_choice(test, "test", association_tests)
    check_flag(neighbors, "neighbors")
    options <- association_options(min_samples, permutations, seed, conf_level,
        alpha, max_rows)
    options$depth <- check_choice(depth, "depth", c("none", "covariate"))
    threads <- check_threads(n_cpus)
    refuse_design(test, covariates, strata, subject, time, options$depth)
    x <- as_clusters(x)
    source <- ball_source(x, mget(rule_arguments), threads)
    source$value <- ball_value(value, test)
    source$options <- list(min_samples = options$min_samples,
        neighbors = neighbors, value = source$value, cells = ball_cells)
    if (options$depth == "covariate") source$depth <- ball_depth(source)
    sheet <- align_sheet(samples, source$samples, ncol(source$matrix),
        "samples", source$sheet)
    cohort <- association_cohort(source, sheet, phenotype, covariates, strata,
        subject, time, options$depth)
    setting <- list(test = test, options = options, threads = threads,
        case = case)
    found <- if (is.data.frame(cohort$phenotype)) several_balls(cohort, setting)
        else tested_balls(cohort, setting)
    if (!found$summary$clusters) {
        inform("left_out", "No receptor of `x` is in ",
            shown_number(min_samples), " samples or more: none was tested.")
    }
    ball_result(found, x, source, setting)
}

# Values of a block that are not zero: about 30 MB.
ball_cells <- 2e6

ball_values <- c("presence", "receptors", "duplicate_count")

ball_value <- function(value, test) {
    if (!is.null(value)) check_choice(value, "value", ball_values)
    # These tests ask for presence only.
    if (test %in% c("fisher", "chisq")) "presence"
    else if (is.null(value)) "receptors" else value
}

# Where balls come from: list(matrix, samples, sheet, n, rule, walk): a matrix
# without rows, for the n samples; walk(visit, options) calls visit(block) for
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
        samples = samples, sheet = sheet, n = length(samples)
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

# With families, the genes of each chain, and what is known of the balls.
ball_result <- function(found, x, source, setting) {
    table <- found$table
    columns <- table[setdiff(names(table), found$tests)]
    # The core's number for none.
    columns$cluster[columns$cluster == .Machine$integer.max] <- NA
    if (!is_kept(x)) columns$cluster <- source$clusters[columns$cluster]
    columns$family <- ball_families(columns,
        table$q_value <= setting$options$alpha, table$p_value, source$rule)
    chain <- x@parameters$chain
    if (isTRUE(is_paired(chain))) columns <- split_pairs(columns, chain)
    summary <- c(found$summary, list(neighbors = source$options$neighbors,
        min_samples = setting$options$min_samples))
    structure(data.frame(columns, table[found$tests], check.names = FALSE),
        class = c("clustcr_receptor_association", "data.frame"),
        summary = summary, rule = source$rule)
}

# Hits that are linked by neighbors that are hits, too: of each its family, the
# one with the smallest p-value first; NA of the others.
ball_families <- function(columns, passes, p_value, rule) {
    family <- rep(NA_integer_, nrow(columns))
    hits <- which(passes)
    if (!length(hits)) return(family)
    hit <- columns[hits, intersect(c("junction_aa", "v_call", "j_call"),
        names(columns)), drop = FALSE]
    # A receptor may be a hit of several phenotypes.
    once <- unique(hit)
    key <- function(rows) do.call(paste, c(rows, sep = "\t"))
    pairs <- cpp_neighbour_pairs(once$junction_aa,
        if (ncol(once) > 1L) key(once[-1L]) else character(),
        rule_list(rule), 1L)
    group <- joined_groups(nrow(once), pairs$from, pairs$to)
    own <- group[match(key(hit), key(once))]
    smallest <- tapply(p_value[hits], own, min)
    order <- names(smallest)[order(smallest, method = "radix")]
    family[hits] <- match(as.character(own), order)
    family
}

print.clustcr_receptor_association <- function(x, n = 10, ...) {
    about <- attr(x, "summary")
    rows <- as.data.frame(unclass_association(x))
    attr(rows, "rule") <- NULL
    several <- !is.null(about$phenotypes)
    if (is.null(about) || nrow(x) != (if (several) about$rows
        else about$clusters)) {
        print_table(rows, ...)
        return(invisible(x))
    }
    header <- if (several) many_header(about) else association_header(about)
    if (about$neighbors) {
        header <- c(header[1L], strwrap(paste("Neighbors:", rule_in_words(
            attr(x, "rule"))), 80, exdent = 4), header[-1L])
    }
    say_lines(gsub("the cluster", if (about$neighbors) "the ball"
        else "the receptor", gsub("([0-9]) cluster", "\\1 receptor", header)))
    print_smallest(rows, n, if (several) "test" else "receptor", ...)
    invisible(x)
}

# How alike samples are: man/repertoireOverlap.Rd.
repertoireOverlap <- function(x, by = c("cluster", "receptor", "neighbors"),
                              index = c("jaccard", "morisita", "bray",
                                  "count"), n_cpus = 1, distance = NULL,
                              max_distance = NULL, v_gene = NULL,
                              j_gene = NULL, missing_genes = NULL,
                              ambiguous_genes = NULL, v_distance = NULL) {
    by <- check_choice(by, "by", c("cluster", "receptor", "neighbors"))
    index <- check_choice(index, "index", c("jaccard", "morisita", "bray",
        "count"))
    if (by == "neighbors" && index == "bray") {
        bad_argument("`index` must not be \"bray\" with `by = \"neighbors\"`: ",
            "which of several neighbors shares a count is not defined")
    }
    threads <- check_threads(n_cpus)
    asked <- mget(rule_arguments)
    if (by == "cluster" && length(Filter(Negate(is.null), asked))) {
        bad_argument("the rule of neighbors must be left out with `by = ",
            "\"cluster\"`")
    }
    # Of neighbors the sum of products of counts, as others count them.
    what <- if (by == "neighbors" && index == "count") "product" else index
    counts <- if (by == "cluster") overlap_of_clusters(x, what, threads)
        else overlap_of_receptors(x, by, what, asked, threads)
    found <- overlap_index(counts, what)
    dimnames(found) <- list(counts$samples, counts$samples)
    attr(found, "by") <- by
    attr(found, "index") <- index
    found
}

# list(samples, matched, product, least, units, total): samples x samples, of
# pairs of samples how many units of one match the other, the sums of products,
# and of the smaller count; of each sample its units and their sum.
no_overlap <- function(samples) {
    n <- length(samples)
    list(samples = samples, matched = matrix(0, n, n),
        product = matrix(0, n, n), least = matrix(0, n, n),
        units = numeric(n), total = numeric(n))
}

overlap_of_clusters <- function(x, index, threads) {
    value <- if (index %in% c("jaccard", "count")) "presence"
        else "duplicate_count"
    x <- if (is_cluster_matrix(x)) as_cluster_matrix(x) else
        as_cluster_matrix(x, value = value)
    samples <- x$samples
    if (is.null(samples)) samples <- as.character(seq_len(ncol(x$matrix)))
    add_overlap(no_overlap(samples), x$matrix, x$matrix, index, threads)
}

overlap_of_receptors <- function(x, by, index, asked, threads) {
    # Which cluster a receptor is in does not matter here.
    if (is_table(x) && is.null(x[["cluster"]])) {
        x <- plain_frame(x)
        x$cluster <- rep_len(1L, nrow(x))
    }
    source <- ball_source(as_clusters(x), asked, threads)
    counts <- no_overlap(source$samples)
    source$walk(function(block) {
        counts <<- add_overlap(counts, block$own, block$matrix, index, threads)
    }, list(min_samples = 1, neighbors = by == "neighbors", own = TRUE,
        value = "duplicate_count", cells = ball_cells))
    counts
}

# `own`: units x samples; `ball`: what matches them.
add_overlap <- function(counts, own, ball, index, threads) {
    there <- own
    there@x <- as.numeric(own@x > 0)
    near <- ball
    near@x <- as.numeric(ball@x > 0)
    counts$units <- counts$units + Matrix::colSums(there)
    counts$total <- counts$total + Matrix::colSums(own)
    add <- function(part, a, b) part + as.matrix(Matrix::crossprod(a, b))
    if (index %in% c("jaccard", "count")) {
        counts$matched <- add(counts$matched, there, near)
    }
    if (index %in% c("morisita", "product")) {
        counts$product <- add(counts$product, own, ball)
    }
    if (index == "bray") {
        counts$least <- counts$least + cpp_sample_minima(own, threads)
    }
    counts
}

overlap_index <- function(counts, index) {
    total <- counts$total
    found <- switch(index,
        count = counts$matched, product = counts$product,
        jaccard = {
            both <- (counts$matched + t(counts$matched)) / 2
            both / (outer(counts$units, counts$units, "+") - both)
        },
        morisita = {
            # Horn (1966).
            own <- diag(counts$product) / total^2
            2 * counts$product / (outer(own, own, "+") * outer(total, total))
        },
        bray = 2 * counts$least / outer(total, total, "+")
    )
    # Two empty samples have nothing to share.
    replace(found, is.nan(found), NA)
}

# Is a cluster larger than chance makes it: man/enrichment.Rd.
enrichment <- function(x, background, data, q = NULL, n_cpus = 1) {
    x <- as_clusters(x)
    rule <- link_rule(x)
    if (length(rule$v_distance)) {
        bad_argument("`x` must be clusters of receptors with the same V gene, ",
            "not by `v_distance`")
    }
    if (null_of(check_model(background, "background"), rule) != "model") {
        bad_argument("`background` must be a model of recombinationModel()")
    }
    # A class is what has the same genes.
    rule$ambiguous_genes <- "same"
    if (identical(q, "fit")) {
        bad_argument("`q` must be a number here, not ", given(q), ": one ",
            "cluster after the other does not tell what is usual")
    }
    q <- check_selection(q, "model")
    threads <- check_threads(n_cpus)
    sizes <- receptor_classes(data, rule)
    found <- by_unit(x, function(rows) {
        unit_enrichment(rows, sizes, background, rule, q, threads)
    }, character())
    found$q_value <- adjusted_for(found$p_value, sum(!is.na(found$p_value)))
    found
}

# How many receptors are of each class. Files are read one at a time: a receptor
# of two files counts twice.
receptor_classes <- function(data, rule) {
    counts <- lapply(background_parts(data, FALSE), function(fetch) {
        rows <- classed_receptors(fetch(), rule, "data")
        refuse_pairs(rows, "model")
        table(rows$class[!duplicated(rows[c("junction_aa", "class")])])
    })
    tapply(unlist(lapply(counts, as.vector)), unlist(lapply(counts, names)),
        sum)
}

unit_enrichment <- function(rows, sizes, model, rule, q, threads) {
    members <- classed_receptors(rows, rule, "x")
    members$cluster <- rows$cluster[members$row]
    members <- members[!duplicated(members[c("cluster", "junction_aa",
        "class")]), , drop = FALSE]
    n <- as.vector(sizes[members$class])
    if (anyNA(n)) {
        bad_argument("`data` must have all receptors that were clustered; it ",
            "has none with the genes of ",
            name_some(members$junction_aa[is.na(n)], 3L))
    }
    neighbors <- neighbors_within(members, rule, threads)
    cluster_tests(members, neighbors, model_expectations(members, n, n,
        neighbors, model, rule, q, threads))
}

# Of each member how many of its cluster are its neighbors.
neighbors_within <- function(members, rule, threads) {
    own <- match(members$cluster, unique(members$cluster))
    pairs <- cpp_neighbour_pairs(members$junction_aa,
        paste0(own, members$class), rule_list(rule), threads)
    tabulate(c(pairs$from, pairs$to), nrow(members))
}

# A cluster is tested by the member that is the least likely; each member is a
# try.
cluster_tests <- function(members, neighbors, expected) {
    names <- unique(members$cluster)
    own <- factor(match(members$cluster, names), seq_along(names))
    lambda <- expected$expected
    # That it has as many or more; neighbors that are there are few.
    p <- stats::ppois(neighbors - 1, lambda, lower.tail = FALSE)
    order <- order(as.integer(own), p, -neighbors, members$junction_aa,
        method = "radix")
    center <- order[!duplicated(as.integer(own)[order])]
    size <- tabulate(own, length(names))
    half <- function(x) unname(vapply(split(x, own), sum, 0)) / 2
    links <- half(neighbors)
    by_chance <- half(lambda)
    data.frame(
        cluster = names, size = size, expected_size = 1 + lambda[center],
        links = links, expected_links = by_chance,
        enrichment = links / by_chance,
        member = members$junction_aa[center], neighbors = neighbors[center],
        expected_neighbors = lambda[center],
        selection = expected$selection[center],
        p_value = pmin(1, p[center] * size)
    )
}

# Members and links of clusters: man/clusterContents.Rd.
clusterContents <- function(x, cluster = NULL, largest = NULL,
                            columns = c("duplicate_count", "n_samples")) {
    x <- as_clusters(x)
    member_rows(x, cluster, largest, columns, link_rule(x))
}

member_rows <- function(x, cluster, largest, columns, rule) {
    rows <- chosen_rows(x, cluster, largest, columns, rule)
    first <- c("cluster", "junction_aa", "v_call", "j_call")
    rows <- rows[c(intersect(first, names(rows)), setdiff(names(rows), first))]
    rownames(rows) <- NULL
    rows
}

clusterEdges <- function(x, cluster = NULL, largest = NULL, distance = NULL,
                         max_distance = NULL, v_gene = NULL, j_gene = NULL,
                         missing_genes = NULL, n_cpus = 1,
                         ambiguous_genes = NULL, v_distance = NULL) {
    x <- as_clusters(x)
    rule <- link_rule(x, mget(rule_arguments))
    threads <- check_threads(n_cpus)
    edges <- if (is.null(cluster) && is.null(largest)) {
        by_unit(x, function(rows) {
            linked_pairs(distinct_members(rows, rule), rule, threads)
        }, character())
    } else {
        linked_pairs(chosen_rows(x, cluster, largest, character(), rule),
            rule, threads)
    }
    edges[c("index_from", "index_to")] <- NULL
    edges
}

asIgraph <- function(x, cluster = NULL, largest = NULL, ...) {
    need_package("igraph", "`asIgraph()`")
    refuse_arguments(list(...), "asIgraph()", c(rule_arguments, "columns",
        "n_cpus"), named_arguments())
    graph_of_members(as_clusters(x), cluster, largest, ...)
}

graph_of_members <- function(x, cluster, largest,
                             columns = c("duplicate_count", "n_samples"),
                             distance = NULL, max_distance = NULL,
                             v_gene = NULL, j_gene = NULL,
                             missing_genes = NULL, n_cpus = 1,
                             ambiguous_genes = NULL, v_distance = NULL) {
    rule <- link_rule(x, mget(rule_arguments))
    members <- member_rows(x, cluster, largest, columns, rule)
    edges <- linked_pairs(members, rule, check_threads(n_cpus))
    members <- cbind(name = receptor_names(members), members)
    names(members) <- make.unique(names(members))
    igraph::graph_from_data_frame(
        data.frame(from = members$name[edges$index_from],
            to = members$name[edges$index_to]),
        directed = FALSE, vertices = members
    )
}

# As short as they can be and still tell all apart.
receptor_names <- function(members) {
    name <- members$junction_aa
    for (column in c("v_call", "j_call", "cluster")) {
        if (!anyDuplicated(name)) break
        if (!is.null(members[[column]])) {
            name <- paste(name, members[[column]])
        }
    }
    name
}

rule_arguments <- parameters_of(rule = TRUE)

# The rule of the links, by which the run was or as is asked for.
link_rule <- function(x, asked = list()) {
    known <- x@parameters
    rule <- parameter_defaults(rule_arguments)
    for (name in names(rule)) {
        value <- asked[[name]]
        if (is.null(value)) value <- known[[name]]
        if (!is.null(value)) rule[[name]] <- check_parameter(name, value)
    }
    # Of another distance than the clusters' theirs say nothing.
    if (!identical(rule$distance, known$distance)) {
        rule <- with_distance_defaults(rule, c(names(Filter(Negate(is.null),
            asked)), if (!is.null(known$v_gene)) "v_gene"))
        if (is.null(asked$v_distance)) rule$v_distance <- NULL
    }
    check_together(c(rule, method = "mcl", chain = "any"))
    rule
}

# Links within clusters: data.frame(cluster, from, to, genes, index_from,
# index_to); the indices are rows of `members`.
linked_pairs <- function(members, rule, threads) {
    genes <- character(nrow(members))
    shown <- character()
    for (column in c("v_call", "j_call")) {
        level <- rule[[sub("call", "gene", column)]]
        if (level == "none") next
        check_columns(members, column, "x")
        shown <- c(shown, column)
        named <- gene_of_pairs(members[[column]], level)
        genes <- paste0(genes, named, "\t")
        members[[column]] <- named
    }
    # Receptors of two clusters are no neighbours here.
    own <- match(members$cluster, unique(members$cluster))
    pairs <- cpp_neighbour_pairs(members$junction_aa,
        paste0(genes, own), rule_list(rule), threads)
    # The core orders by CDR3 and then genes, of which the cluster is one.
    order <- order(own[pairs$from], members$junction_aa[pairs$from],
        members$junction_aa[pairs$to], method = "radix")
    from <- pairs$from[order]
    to <- pairs$to[order]
    data.frame(
        cluster = members$cluster[from], from = members$junction_aa[from],
        to = members$junction_aa[to], members[from, shown, drop = FALSE],
        index_from = from, index_to = to, row.names = NULL
    )
}

# Of both chains, each at this level.
gene_of_pairs <- function(gene, level) {
    if (!any(grepl(chain_separator, gene, fixed = TRUE))) {
        return(gene_level(gene, level))
    }
    chains <- lapply(split_chains(gene), gene_level, level)
    paste(chains[[1L]], chains[[2L]], sep = chain_separator)
}

# Those of `x` that a function is asked for.
asked_clusters <- function(x, cluster, largest) {
    if (!is.null(cluster) && !is.null(largest)) {
        bad_argument("`largest` must be NULL if `cluster` is given")
    }
    if (!is.null(largest)) {
        cluster <- largest_clusters(x, check_number(largest, "largest", 1,
            whole = TRUE))
    }
    if (!is.null(cluster)) {
        x@chosen <- list(pick_clusters(x, cluster, "cluster"))
    }
    x
}

# The members of some clusters, a row each, those of a cluster together.
chosen_rows <- function(x, cluster, largest, columns, rule) {
    x <- asked_clusters(x, cluster, largest)
    # A run's have a row for each.
    if (!of_run(x)) x@table <- distinct_members(x@table, rule)
    rows <- cluster_rows(x, columns)
    rows[order(match(rows$cluster, unique(rows$cluster))), , drop = FALSE]
}

# Of each cluster its different CDR3s.
member_counts <- function(x) {
    by_unit(x, function(rows) {
        names <- unique(rows$cluster)
        own <- match(rows$cluster, names)
        once <- first_rows(own, rows$junction_aa)
        data.frame(cluster = names, size = tabulate(own[once], length(names)))
    }, character())
}

largest_clusters <- function(x, n) {
    sizes <- member_counts(x)
    utils::head(sizes$cluster[order(-sizes$size, seq_len(nrow(sizes)))], n)
}

# Rows of several samples become one, and so do those of genes that the rule
# does not look at.
distinct_members <- function(rows, rule) {
    key <- list(match(rows$cluster, unique(rows$cluster)), rows$junction_aa)
    for (gene in c("v", "j")) {
        level <- rule[[paste0(gene, "_gene")]]
        call <- rows[[paste0(gene, "_call")]]
        if (level != "none" && !is.null(call)) {
            key <- c(key, list(gene_of_pairs(call, level)))
        }
    }
    key <- do.call(paste, c(key, sep = "\t"))
    receptors <- unique(key)
    if (length(receptors) == length(key)) return(rows)
    at <- match(key, receptors)
    found <- rows[!duplicated(at), , drop = FALSE]
    if (!is.null(rows[["duplicate_count"]])) {
        found$duplicate_count <- count_of_clusters(rows$duplicate_count, at,
            length(receptors))
    }
    if (!is.null(rows[["repertoire_id"]])) {
        found$n_samples <- samples_of_clusters(rows, at, length(receptors))
        found$repertoire_id <- NULL
    }
    found
}

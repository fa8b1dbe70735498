# Hits that are neighbors of each other made one: man/clusterFamilies.Rd.
clusterFamilies <- function(result, x, alpha = NULL, distance = "hamming",
                            max_distance = 1, v_gene = "none",
                            missing_genes = "group", n_cpus = 1, by = NULL) {
    columns <- c("cluster", "p_value", "q_value")
    if (!is.data.frame(result)) {
        bad_argument("`result` must be a result of associateClusters(), not ",
            given(result))
    }
    check_columns(result, columns, "result")
    if (is.null(alpha)) alpha <- attr(result, "summary")$alpha
    alpha <- check_number(if (is.null(alpha)) 0.05 else alpha, "alpha", 0, 1)
    x <- as_clusters(x)
    result <- joined_clusters(result, "result",
        carried_identity(clusterSummary(x)), "x", check_cluster_join(by))
    hits <- as.data.frame(result)
    class(hits) <- "data.frame"
    hits <- hits[which(hits$q_value <= alpha), , drop = FALSE]
    clusters <- unique(hits$cluster)
    members <- family_members(x, clusters)
    missing <- setdiff(cluster_text(clusters), cluster_text(members$cluster))
    if (length(missing)) {
        raise_error("clusters", paste0("`result` must be of the clusters of ",
            "`x`; ", name_some(missing), " ", if (length(missing) == 1L) "is"
            else "are", " not in it"))
    }
    if (!length(clusters)) return(family_table(hits, members, integer()))
    rule <- with_distance_defaults(list(distance = distance,
        max_distance = max_distance, v_gene = v_gene),
        c(if (!missing(max_distance)) "max_distance",
            if (!missing(v_gene)) "v_gene"))
    links <- member_links(members, neighborGraph(
        unique(members[c("junction_aa", "v_call")]), rule$distance,
        rule$max_distance, rule$v_gene, missing_genes = missing_genes,
        n_cpus = n_cpus
    ), rule$v_gene)
    own <- match(members$cluster, clusters)
    family_table(hits, members, joined_groups(length(clusters),
        own[links$from], own[links$to])[own])
}

# The different receptors of these clusters.
family_members <- function(x, clusters) {
    found <- by_unit(x, function(table) {
        table <- table[table$cluster %in% clusters, , drop = FALSE]
        if (is.null(table[["v_call"]])) {
            table$v_call <- rep(NA_character_, nrow(table))
        }
        unique(table[c("cluster", "junction_aa", "v_call")])
    }, character())
    found <- as.data.frame(found)
    class(found) <- "data.frame"
    found
}

# Rows of `members` that are linked: neighbors, and one receptor in two
# clusters.
member_links <- function(members, graph, v_gene) {
    key <- function(junction_aa, v_call) {
        if (v_gene == "none") junction_aa
        else paste(junction_aa, v_call, sep = "\t")
    }
    of <- key(members$junction_aa, members$v_call)
    list(from = c(match(key(graph$from, graph$v_call), of), seq_along(of)),
        to = c(match(key(graph$to, graph$v_call), of), match(of, of)))
}

# Of n things the group of each, where these pairs are in one: numbered by
# their first.
joined_groups <- function(n, from, to) {
    group <- seq_len(n)
    repeat {
        least <- pmin(group[from], group[to])
        lower <- tapply(c(least, least), factor(c(from, to), seq_len(n)), min)
        before <- group
        group <- pmin(group, as.vector(lower), na.rm = TRUE)
        group <- group[group]
        if (identical(before, group)) return(match(group, unique(group)))
    }
}

# A row for each family, the smallest p-value first. `own`: of each member.
family_table <- function(hits, members, own) {
    family <- own[match(hits$cluster, members$cluster)]
    order <- order(hits$p_value, seq_len(nrow(hits)))
    hits <- hits[order, , drop = FALSE]
    family <- family[order]
    first <- which(!duplicated(family))
    names <- family[first]
    text <- function(value) {
        vapply(split(as.character(value), factor(family, names)),
            function(one) toString(unique(one)), "", USE.NAMES = FALSE)
    }
    found <- data.frame(
        family = seq_along(first), clusters = text(cluster_text(hits$cluster)),
        n_clusters = vapply(names, function(one) {
            length(unique(hits$cluster[family == one]))
        }, 0L),
        size = vapply(names, function(one) {
            nrow(unique(members[own == one, c("junction_aa", "v_call")]))
        }, 0L),
        motif = family_motifs(members, match(own, names)),
        lead = hits$cluster[first]
    )
    if (!is.null(hits$phenotype)) found$phenotypes <- text(hits$phenotype)
    for (column in c("estimate", "p_value", "q_value", "n_samples")) {
        if (!is.null(hits[[column]])) found[[column]] <- hits[[column]][first]
    }
    found
}

family_motifs <- function(members, own) {
    if (!length(own)) return(character())
    cluster_motifs(members$junction_aa, own)[order(unique(own))]
}

# Which clustering a table of clusters is of. Numbers of clusters mean something
# in their own clustering only, so a table that has a row for each cluster, but
# not its members, carries in the attribute "clusters" what tells the clusters
# apart: list(cluster, id). `id` is made of a cluster's different CDR3s alone:
# the same in memory and on disk, in another session, and of a table of the
# members in any order.

identity_of_rows <- function(rows) {
    clusters <- unique(rows$cluster)
    own <- match(rows$cluster, clusters)
    once <- first_rows(own, rows$junction_aa)
    list(cluster = clusters, id = cpp_cluster_identities(
        as.character(rows$junction_aa[once]), own[once], length(clusters)))
}

# What a table carries; NULL where nothing is known.
carried_identity <- function(x) {
    known <- if (inherits(x, "SummarizedExperiment")) {
        S4Vectors::metadata(x)[["clusters"]]
    } else if (methods::is(x, "ClusterTable")) {
        if (length(x@identity)) x@identity
    } else {
        attr(x, "clusters", exact = TRUE)
    }
    if (is.list(known)) known
}

with_identity <- function(x, identity) {
    if (inherits(x, "SummarizedExperiment")) {
        S4Vectors::metadata(x)[["clusters"]] <- identity
    } else {
        attr(x, "clusters") <- identity
    }
    x
}

# That of some of its clusters.
identity_within <- function(identity, clusters) {
    at <- match(cluster_text(unique(clusters[!is.na(clusters)])),
        cluster_text(identity$cluster))
    list(cluster = identity$cluster[at], id = identity$id[at])
}

check_cluster_join <- function(by) {
    if (is.null(by)) return(NULL)
    check_choice(by, "by", c("cluster", "cluster_id"))
}

# `found`, a table of clusters, with its clusters numbered as in `x` (text: the
# name of this argument): they must be the same, or are looked up by their
# members. `own` is the identity of `x`.
joined_clusters <- function(found, name, own, x, by) {
    theirs <- carried_identity(found)
    if (identical(by, "cluster")) return(found)
    if (identical(by, "cluster_id")) {
        return(renumbered_clusters(found, theirs, name, own, x))
    }
    if (is.null(theirs) || is.null(own)) {
        inform("clusters", "`", if (is.null(theirs)) name else x,
            "` does not say which clustering it is of; cluster numbers of `",
            name, "` are taken for those of `", x, "`.")
        return(found)
    }
    theirs <- identity_within(theirs, found$cluster)
    clusters <- cluster_text(theirs$cluster)
    other <- which(theirs$id != own$id[match(clusters,
        cluster_text(own$cluster))])
    if (length(other)) {
        raise_error("clusters", paste0(
            "`", name, "` must be of the clusters of `", x, "`; ",
            if (length(other) == 1L) "cluster " else "clusters ",
            name_some(clusters[other]), if (length(other) == 1L) " has"
            else " have", " other members there. ", join_advice
        ))
    }
    found
}

join_advice <- paste("Make both of one clustering, join them by members",
    "(by = \"cluster_id\"), or say that the numbers are right",
    "(by = \"cluster\")")

# A row of `found` for each of its clusters that `x` has, too.
renumbered_clusters <- function(found, theirs, name, own, x) {
    for (side in list(list(theirs, name), list(own, x))) {
        if (!is.null(side[[1L]])) next
        raise_error("clusters", paste0("`by` can be \"cluster_id\" where both ",
            "tables know their members; `", side[[2L]], "` does not"))
    }
    # Of clusters with the same CDR3s (and other genes) none can be told.
    one <- function(id) replace(id, id %in% id[duplicated(id)], NA)
    at <- match(one(theirs$id), one(own$id), incomparables = NA)
    row <- match(cluster_text(found$cluster), cluster_text(theirs$cluster))
    new <- own$cluster[at[row]]
    lost <- is.na(new)
    if (any(lost)) {
        n <- function(x) length(unique(cluster_text(x)))
        inform("left_out", "`", name, "`: ", shown_number(n(
            found$cluster[lost])), " of ", count_text(n(found$cluster),
            "cluster"), " left out: `", x,
            "` has no cluster (or several) with the same members.")
    }
    found$cluster <- new
    with_identity(found[!lost, , drop = FALSE], own)
}

# A part of a table of clusters is of the same clustering.
part_of_table <- function(x, ...) {
    part <- NextMethod("[")
    known <- carried_identity(x)
    if (!is.data.frame(part) || is.null(known)) return(part)
    with_identity(part, if (is.null(part[["cluster"]])) known
        else identity_within(known, part[["cluster"]]))
}

`[.clustcr_summary` <- part_of_table

`[.clustcr_association` <- part_of_table

`[.clustcr_annotation` <- part_of_table

# The door of every function that takes clusters: what they are in is made into
# one class, and a table is checked. A table becomes its rows in a cluster, each
# with `cluster`, `junction_aa` and, where they are there, `v_call` and `j_call`
# before its other columns. `members`: whether it must have `junction_aa`; `or`:
# what else the function takes.
as_clusters <- function(x, name = "x", members = TRUE, or = "") {
    if (methods::is(x, "Clusters")) return(x)
    if (is.character(x) && length(x) == 1L && !is.na(x)) {
        return(open_clusters(x, name))
    }
    if (!is_table(x)) {
        bad_argument(
            "`", name, "` must be ", or, "a data.frame with columns ",
            "`cluster` and `junction_aa`, or a RepertoireClusters, not ",
            given(x)
        )
    }
    table <- with_repertoires(checked_table(x, name, members))
    ids <- unique(table[["repertoire_id"]])
    table <- table[in_cluster(table$cluster), , drop = FALSE]
    methods::new("ClusterTable",
        table = table, identity = as.list(carried_identity(x)),
        # Also those that no cluster is in.
        samples = if (is.null(ids)) data.frame() else data.frame(
            repertoire_id = sort(id_text(ids[!is.na(ids)]), method = "radix")),
        counts = c(clusters = length(unique(table$cluster)),
            clustered = nrow(table))
    )
}

checked_table <- function(x, name, members) {
    table <- joined_chains(as.data.frame(plain_frame(x)))
    check_columns(table, c("cluster", if (members) "junction_aa"), name)
    first <- intersect(c("junction_aa", "cluster", "v_call", "j_call"),
        names(table))
    if (is.factor(table$cluster)) table$cluster <- as.character(table$cluster)
    if ("junction_aa" %in% first) {
        for (column in setdiff(first, "cluster")) {
            table[[column]] <- as_text_column(table[[column]], column, name)
        }
        if (anyNA(table$junction_aa)) {
            bad_argument("`junction_aa` of `", name, "` must not be missing; ",
                sum(is.na(table$junction_aa)), " are")
        }
    }
    table[c(first, setdiff(names(table), first))]
}

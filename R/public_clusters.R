# Find public clusters: man/publicClusters.Rd.
publicClusters <- function(x, matrix = NULL, subject = NULL, samples = NULL,
                           by = NULL, ...) {
    call <- renamed_call(clusters = "x", x = "matrix")
    if (!is.null(call)) return(eval(call, parent.frame()))
    old_arguments(sample_data = "samples")
    by <- check_cluster_join(by)
    x <- as_clusters(x)
    kept <- of_run(x)
    if (!kept) rows <- cluster_rows(x)
    table <- by_cluster(x, public_rows, "duplicate_count")
    identity <- carried_identity(table)
    # Which samples they are in is known.
    if (kept && is.null(matrix)) {
        matrix <- x
        by <- "cluster"
    }
    if (!is.null(matrix)) {
        matrix <- presence_of_matrix(matrix, table$cluster, identity, by)
    }
    found <- publicity(matrix, if (!kept) rows[["repertoire_id"]],
        if (!kept) match(rows$cluster, table$cluster), table$cluster, subject,
        samples)
    first <- seq_len(match("length", names(table)))
    with_identity(cbind(table[first], found, table[-first]), identity)
}

# All but the samples.
public_rows <- function(table) {
    names <- unique(table$cluster)
    n <- length(names)
    own <- match(table$cluster, names)
    once <- first_rows(own, table$junction_aa)
    v <- main_gene(table$v_call, table$junction_aa, own, n)
    j <- main_gene(table$j_call, table$junction_aa, own, n)
    data.frame(
        cluster = names,
        size = tabulate(own[once], n),
        length = motif_lengths(table$junction_aa[once], own[once], n)$length,
        convergence = convergence(table[["junction"]], table$junction_aa, own,
            n),
        v_call = v$gene, v_purity = v$purity, j_call = j$gene,
        j_purity = j$purity,
        member = main_member(table$junction_aa, table[["duplicate_count"]],
            own)
    )
}

convergence <- function(junction, junction_aa, own, n) {
    if (is.null(junction)) return(rep(NA_real_, n))
    junction <- toupper(as_text_column(junction, "junction", "x"))
    there <- !is.na(junction) & nzchar(junction)
    nucleotides <- first_rows(own, junction_aa, junction) & there
    residues <- first_rows(own, junction_aa, there) & there
    found <- tabulate(own[nucleotides], n) / tabulate(own[residues], n)
    replace(found, is.nan(found), NA)
}

# The rows of the matrix that are clusters, in their order.
presence_of_matrix <- function(x, names, identity, by) {
    x <- as_cluster_matrix(x, value = "presence", name = "matrix")
    known <- data.frame(cluster = x$cluster, row = seq_along(x$cluster))
    known <- joined_clusters(with_identity(known, x$identity), "matrix",
        identity, "x", by)
    rows <- known$row[match(cluster_text(names), cluster_text(known$cluster))]
    if (anyNA(rows)) {
        raise_error("clusters", paste0(
            "`matrix` must have a row for each cluster of `x`; ",
            name_some(as.character(names[is.na(rows)])), " lack one"
        ))
    }
    if (!identical(rows, seq_len(nrow(x$matrix)))) {
        x$matrix <- x$matrix[rows, , drop = FALSE]
    }
    x
}

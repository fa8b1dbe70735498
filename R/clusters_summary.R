# Summarize clusters, one row each: man/clusterSummary.Rd.
clusterSummary <- function(x, cutoff = 0.7) {
    cutoff <- check_number(cutoff, "cutoff", 0.5, 1)
    found <- by_cluster(as_clusters(x), summary_rows,
        c("duplicate_count", "sample_counts", "cluster_id"), cutoff = cutoff)
    class(found) <- c("clustcr_summary", "data.frame")
    found
}

summary_rows <- function(rows, cutoff) {
    names <- unique(rows$cluster)
    n <- length(names)
    own <- match(rows$cluster, names)
    once <- first_rows(own, rows$junction_aa)
    members <- rows$junction_aa[once]
    length <- motif_lengths(members, own[once], n)
    v <- main_gene(rows$v_call, rows$junction_aa, own, n)
    j <- main_gene(rows$j_call, rows$junction_aa, own, n)
    found <- data.frame(
        cluster = names, size = tabulate(own[once], n),
        motif = cluster_motifs(members, own[once], cutoff),
        length = length$length, length_share = length$share,
        v_call = v$gene, v_purity = v$purity, j_call = j$gene,
        j_purity = j$purity, n_samples = samples_of_clusters(rows, own, n),
        duplicate_count = count_of_clusters(rows$duplicate_count, own, n),
        member = main_member(rows$junction_aa, rows$duplicate_count, own)
    )
    if (!is.null(rows$cluster_id)) {
        found$cluster_id <- as.character(rows$cluster_id)[match(seq_len(n),
            own)]
    }
    found
}

# What cluster_motifs() goes by: the commonest length of each cluster, and the
# share of members that have it.
motif_lengths <- function(members, own, n) {
    chains <- if (any(grepl(chain_separator, members, fixed = TRUE))) {
        split_chains(members)
    } else {
        list(members)
    }
    total <- rep(0L, n)
    fits <- rep(TRUE, length(members))
    for (chain in chains) {
        length <- nchar(chain, "bytes")
        common <- commonest_length(length, own, n)$length
        total <- total + common
        fits <- fits & length == common[own]
    }
    list(length = total, share = tabulate(own[fits], n) / tabulate(own, n))
}

samples_of_clusters <- function(rows, own, n) {
    if (!is.null(rows[["repertoire_id"]])) {
        return(publicity(NULL, rows[["repertoire_id"]], own, seq_len(n), NULL,
            NULL)$n_samples)
    }
    if (is.null(rows[["sample_counts"]])) return(rep(NA_integer_, n))
    at <- sample_numbers(rows[["sample_counts"]])
    found <- own[at$row]
    tabulate(found[first_rows(found, at$sample)], n)
}

count_of_clusters <- function(count, own, n) {
    if (is.null(count)) return(rep(NA_real_, n))
    count <- check_counts(count, "x")
    # As main_member() has it: a receptor that was found was found once.
    count[is.na(count)] <- 1
    as.vector(rowsum(count, factor(own, seq_len(n))))
}

print.clustcr_summary <- function(x, n = 10, ...) {
    rows <- as.data.frame(x)
    class(rows) <- "data.frame"
    # A part of a summary is shown as it stands.
    if (all(c("cluster", "size") %in% names(rows)) && nrow(rows) > n) {
        cat("The ", n, " largest of ", count_text(nrow(x), "cluster"), ":\n",
            sep = "")
        rows <- rows[utils::head(order(-rows$size, seq_len(nrow(rows))), n), ,
            drop = FALSE]
    }
    # What is unknown of all, or says nothing of them, takes no room.
    idle <- vapply(names(rows), function(name) {
        all(is.na(rows[[name]])) || name == "cluster_id" ||
            (name %in% c("length_share", "v_purity", "j_purity") &&
                all(rows[[name]] == 1, na.rm = TRUE))
    }, NA)
    print_table(rows[nrow(rows) == 0 | !idle], row.names = FALSE, digits = 3,
        ...)
    invisible(x)
}

# Samples and subjects of each cluster, by `x` (of presence_of_matrix()) or by
# the rows.
publicity <- function(x, repertoire_id, own, names, subject, samples) {
    none <- rep(NA_integer_, length(names))
    if (is.null(x) && is.null(repertoire_id)) {
        return(data.frame(n_samples = none, n_subjects = none))
    }
    if (is.null(x)) x <- presence_of_rows(repertoire_id, own, length(names))
    n <- ncol(x$matrix)
    sheet <- align_sheet(samples, x$samples, n, "samples", x$sheet)
    n_samples <- filled_cells(x$matrix)
    if (is.null(subject)) {
        return(data.frame(n_samples = n_samples, n_subjects = n_samples))
    }
    whose <- resolve_phenotype(subject, x, sheet, "subject")
    known <- which(!is.na(whose))
    subjects <- unique(whose[known])
    # Samples x subjects: the product adds up the samples of each subject.
    of <- Matrix::sparseMatrix(i = known, j = match(whose[known], subjects),
        x = rep(1, length(known)), dims = c(n, length(subjects)))
    data.frame(
        n_samples = n_samples, n_subjects = filled_cells(x$matrix %*% of)
    )
}

# Values above zero in each row of a dgCMatrix.
filled_cells <- function(matrix) {
    tabulate(matrix@i[matrix@x > 0] + 1L, nrow(matrix))
}

presence_of_rows <- function(repertoire_id, own, n) {
    repertoire_id <- id_text(repertoire_id)
    there <- which(!is.na(repertoire_id))
    samples <- sort(unique(repertoire_id[there]), method = "radix")
    list(samples = samples, sheet = NULL, matrix = Matrix::sparseMatrix(
        i = own[there], j = match(repertoire_id[there], samples),
        x = rep(1, length(there)), dims = c(n, length(samples))
    ))
}

# What is in the page of exploreClusters(): the table of clusters, their
# members, and what of both fits.

most_clusters <- 1e5
most_members <- 2000L

# The sheet of the samples that `sample_counts` counts by; no rows where
# nothing tells of samples.
explorer_sheet <- function(x, samples) {
    if (!is.null(samples)) samples <- as_sample_sheet(samples, "samples")
    own <- clusterSamples(x)
    if (!length(own)) {
        counts <- cluster_rows(x)[["sample_counts"]]
        own <- data.frame(repertoire_id = if (is.null(counts)) character()
            else numbered_samples(samples, max(sample_numbers(counts)$sample,
                NROW(samples), 0), "samples"))
    }
    if (is.null(samples) || !nrow(own)) return(own)
    sheet <- align_sheet(samples, own$repertoire_id, nrow(own), "samples", own)
    # Names of samples make no groups.
    names <- vapply(sheet, function(column) {
        identical(id_text(column), own$repertoire_id)
    }, NA)
    sheet <- sheet[!names & names(sheet) != "repertoire_id"]
    cbind(own["repertoire_id"], sheet)
}

# Columns of the sheet that make groups, as factors.
sheet_groups <- function(sheet) {
    columns <- sheet[setdiff(names(sheet), c("repertoire_id", "file"))]
    columns <- Filter(is.atomic, as.list(columns))
    Filter(function(x) nlevels(x) >= 2L && nlevels(x) <= 12L,
        lapply(columns, sheet_group))
}

sheet_group <- function(x) {
    if (is.factor(x)) return(droplevels(x, exclude = ""))
    values <- sort(unique(x[!is.na(x)]), method = "radix")
    if (!is.numeric(x) || is.object(x)) {
        x <- as.character(x)
        return(factor(x, setdiff(as.character(values), "")))
    }
    # As plotClusterMatrix() has them.
    if (length(values) > 12L) return(thirds(x))
    factor(x, values, vapply(values, plain_numbers, ""))
}

# list(rows, first, labels, all, receptors): a row for each cluster; which of
# them are of interest beyond their size; titles of columns; how many there are.
explorer_table <- function(x, association, annotation, by = NULL) {
    summary <- as.data.frame(clusterSummary(x))
    joined <- function(found, name) {
        joined_clusters(found, name, carried_identity(summary), "x", by)
    }
    columns <- c("cluster", "size", "motif", "v_call", "j_call", "n_samples",
        "duplicate_count", "member")
    rows <- summary[columns]
    class(rows) <- "data.frame"
    idle <- vapply(rows, function(column) all(is.na(column)), NA)
    rows <- rows[!idle | columns %in% c("cluster", "size", "motif", "member")]
    first <- rep(FALSE, nrow(rows))
    labels <- explorer_labels
    if (!is.null(association)) {
        check_found(association, "association",
            c("cluster", "estimate", "q_value"))
        association <- joined(association, "association")
        at <- rows_of_clusters(rows, association, "association")
        test <- attr(association, "summary")$test
        if (!is.null(test)) labels[["estimate"]] <- estimate_labels[[test]]
        for (column in c("p_value", "q_value", "estimate")) {
            value <- association[[column]][at]
            if (!is.null(value)) rows[[column]] <- signif(value, 3)
        }
        first <- first | rank_of(rows$q_value) <= 0.05
        more <- phenotype_columns(rows, association, at)
        labels <- c(labels, more$labels)
        rows[names(more$columns)] <- more$columns
    }
    if (!is.null(annotation)) {
        check_found(annotation, "annotation",
            c("cluster", "label", "references", "p_value", "q_value"))
        found <- labels_of_clusters(rows, joined(annotation, "annotation"))
        rows$labels <- found$labels
        rows$label_p_value <- found$p_value
        rows$label_q_value <- found$q_value
        first <- first | nzchar(found$labels)
    }
    # What is known of a cluster beyond itself stands where it is seen.
    order <- c("cluster", "size", "motif", "v_call", "phenotype", "p_value",
        "q_value", "estimate", grep("^p_value_[0-9]+$", names(rows),
        value = TRUE), "labels", "label_p_value", "label_q_value")
    rows <- rows[c(intersect(order, names(rows)), setdiff(names(rows), order))]
    # As it is opened; a click on a column's title sorts it otherwise.
    p_value <- association$p_value
    if (is.null(p_value)) p_value <- association$q_value
    rank <- if (is.null(p_value)) rep(0, nrow(rows)) else rank_of(p_value[at])
    order <- order(rank, -rows$size, method = "radix")
    rows <- rows[order, , drop = FALSE]
    rownames(rows) <- NULL
    list(rows = rows, first = first[order], labels = labels, all = nrow(rows),
        receptors = sum(rows$size))
}

# Of several phenotypes the best of each cluster, and a column of p-values for
# each of those with the smallest: list(columns, labels).
most_phenotypes <- 8L

phenotype_columns <- function(rows, association, at) {
    if (is.null(association[["phenotype"]])) return(list())
    ranked <- order(association$p_value)
    chosen <- utils::head(unique(association$phenotype[ranked]),
        most_phenotypes)
    names <- paste0("p_value_", seq_along(chosen))
    columns <- lapply(chosen, function(phenotype) {
        own <- which(association$phenotype == phenotype)
        own <- own[match(cluster_text(rows$cluster),
            cluster_text(association$cluster[own]))]
        signif(association$p_value[own], 3)
    })
    list(
        columns = c(list(phenotype = association$phenotype[at]),
            stats::setNames(columns, names)),
        labels = stats::setNames(paste("p:", short_names(chosen, 16L)), names)
    )
}

# What is not known comes last.
rank_of <- function(x) replace(x, is.na(x), Inf)

check_found <- function(found, name, columns) {
    if (!is.data.frame(found)) {
        bad_argument("`", name, "` must be a data.frame, as of ",
            if (name == "association") "associateClusters()"
            else "annotateClusters()", ", not ", given(found))
    }
    check_columns(found, columns, name)
}

# The row of `found` of each cluster; NA where it has none.
rows_of_clusters <- function(rows, found, name) {
    strange <- setdiff(cluster_text(found$cluster), cluster_text(rows$cluster))
    if (length(strange)) {
        raise_error("clusters", paste0(
            "`", name, "` must be of the clusters of `x`; ",
            name_some(strange), if (length(strange) == 1L) " is" else " are",
            " not in it"
        ))
    }
    match(cluster_text(rows$cluster), cluster_text(found$cluster))
}

# "GILGFVFTL (5), NLVPMVATV (1)": how many reference receptors have the label.
labels_of_clusters <- function(rows, annotation) {
    rows_of_clusters(rows, annotation, "annotation")
    annotation <- as.data.frame(annotation)
    class(annotation) <- "data.frame"
    own <- match(cluster_text(annotation$cluster), cluster_text(rows$cluster))
    order <- order(own, annotation$p_value, -annotation$references)
    text <- paste0(annotation$label, " (", annotation$references, ")")[order]
    own <- own[order]
    place <- sequence(rle(own)$lengths)
    text[place == 6L] <- "..."
    text <- tapply(text[place <= 6L], factor(own[place <= 6L],
        seq_len(nrow(rows))), paste, collapse = ", ")
    text[is.na(text)] <- ""
    best <- !duplicated(own)
    of_best <- function(value) {
        found <- rep(NA_real_, nrow(rows))
        found[own[best]] <- signif(value[order][best], 3)
        found
    }
    list(labels = as.vector(text), p_value = of_best(annotation$p_value),
        q_value = of_best(annotation$q_value))
}

# About what a row takes as JSON.
table_bytes <- function(rows) {
    sum(vapply(rows, function(column) {
        sum(nchar(as.character(column), "bytes", keepNA = FALSE)) +
            3 * length(column)
    }, 0)) + 12 * nrow(rows)
}

# The largest clusters, and those of interest before them.
fit_table <- function(table, room) {
    rows <- table$rows
    each <- table_bytes(rows) / max(nrow(rows), 1L)
    most <- min(most_clusters, floor(room / each))
    if (nrow(rows) > most) {
        kept <- order(!table$first, -rows$size, method = "radix")
        kept <- sort(utils::head(kept, most))
        table$rows <- rows[kept, , drop = FALSE]
        rownames(table$rows) <- NULL
        table$first <- table$first[kept]
    }
    table
}

# A row for each receptor of these clusters, ordered by cluster and count:
# `row` (of the table), `junction_aa`, `v_call`, `j_call`, `duplicate_count`
# and `sample_counts`, as far as they are known.
explorer_members <- function(x, clusters, sheet) {
    by_unit(x, function(table) {
        table$row <- match(table$cluster, clusters)
        table <- table[!is.na(table$row), , drop = FALSE]
        table <- one_row_each(table, sheet)
        count <- table$duplicate_count
        if (is.null(count)) count <- rep(1, nrow(table))
        order <- order(table$row, -count, table$junction_aa, method = "radix")
        table <- table[order, , drop = FALSE]
        place <- sequence(rle(table$row)$lengths)
        table[place <= most_members, , drop = FALSE]
    }, c("duplicate_count", "sample_counts"))
}

# Rows of one receptor in several samples made one, with `sample_counts`.
one_row_each <- function(table, sheet) {
    columns <- intersect(c("row", "cluster", "junction_aa", "v_call", "j_call"),
        names(table))
    count <- table[["duplicate_count"]]
    if (!is.null(count)) {
        count <- check_counts(count, "x")
        count[is.na(count)] <- 1
    }
    own <- do.call(paste, c(unname(table[columns[-2L]]), sep = "\r"))
    own <- match(own, unique(own))
    first <- !duplicated(own)
    found <- table[first, columns, drop = FALSE]
    if (!is.null(count)) found$duplicate_count <- as.vector(rowsum(count, own))
    found$sample_counts <- if (!is.null(table[["repertoire_id"]])) {
        sample <- match(id_text(table$repertoire_id), sheet$repertoire_id)
        counts_text(own, sample, if (is.null(count)) rep(1, length(own))
            else count)
    } else {
        table[["sample_counts"]][first]
    }
    found
}

# "1:3,4:1" of each receptor, numbered 1, 2, ... by `own`.
counts_text <- function(own, sample, count) {
    text <- character(max(own, 0L))
    known <- !is.na(sample)
    if (!any(known)) return(text)
    n <- max(sample[known])
    cell <- (own[known] - 1) * n + sample[known]
    cells <- sort(unique(cell))
    sums <- as.vector(rowsum(count[known], match(cell, cells)))
    receptor <- (cells - 1) %/% n + 1
    cells <- paste0(plain_numbers((cells - 1) %% n + 1), ":",
        plain_numbers(sums))
    found <- tapply(cells, receptor, paste, collapse = ",")
    text[as.integer(unique(receptor))] <- found
    text
}

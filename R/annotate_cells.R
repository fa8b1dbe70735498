# Add clusters to single cells: man/annotateCells.Rd.
annotateCells <- function(object, clusters, contigs = NULL, name = "cluster",
                          chain = NULL, v_gene = NULL, j_gene = NULL) {
    cells <- known_cells(object)
    name <- check_string(name, "name")
    if (name %in% names(cells)) {
        bad_argument("`name` must be a new column; `object` has `", name,
            "` already")
    }
    if (by_barcode(clusters)) {
        if (!is.null(contigs)) {
            bad_argument("`contigs` must be NULL if `clusters` has ",
                "`cell_id`: cells are found by it")
        }
        found <- clusters_by_barcode(cells, clusters)
    } else {
        clusters <- as_clusters(clusters, "clusters")
        rule <- cell_rule(clusters, chain, v_gene, j_gene)
        found <- clusters_by_receptor(cells, clusters, contigs, rule)
    }
    report_cells(found)
    with_column(object, name, found$cluster)
}

by_barcode <- function(clusters) {
    is_table(clusters) && "cell_id" %in% names(clusters)
}

# A table with a row for each cell.
known_cells <- function(object) {
    if (is_cells(object)) return(cell_data(object))
    if (!is_table(object)) {
        bad_argument("`object` must be a SingleCellExperiment, a Seurat ",
            "object, a data.frame or a DataFrame, not ", given(object))
    }
    object
}

clusters_by_barcode <- function(cells, clusters) {
    check_columns(clusters, "cluster", "clusters")
    table <- unique(with_repertoires(as.data.frame(clusters))[intersect(
        c("cell_id", "repertoire_id", "sample", "cluster"), names(clusters))])
    match <- match_barcodes(cells, table, "clusters")
    at <- match$at
    list(cluster = cluster_values(table$cluster)[at], known = !is.na(at),
        several = rep(FALSE, length(at)), match = match)
}

cluster_values <- function(x) if (is.factor(x)) as.character(x) else x

# How receptors are compared: list(chain, v_gene, j_gene).
cell_rule <- function(clusters, chain, v_gene, j_gene) {
    known <- if (of_run(clusters)) clusterParameters(clusters)
        else table_rule(cluster_rows(clusters))
    rule <- list(chain = chain, v_gene = v_gene, j_gene = j_gene)
    for (name in names(rule)) {
        value <- rule[[name]]
        rule[[name]] <- if (is.null(value)) known[[name]]
            else check_parameter(name, value)
    }
    rule
}

table_rule <- function(table) {
    pairs <- any(grepl(chain_separator, table$junction_aa, fixed = TRUE))
    locus <- if (!pairs && !is.null(table$v_call)) {
        told <- table(Filter(nzchar, gene_locus(table$v_call)))
        names(sort(told, decreasing = TRUE))[1L]
    }
    chain <- if (pairs) {
        if ("gamma" %in% sides_of_pairs(table)) "GD" else "AB"
    } else if (isTRUE(locus %in% names(chain_names))) {
        check_chain(locus)
    } else {
        "B"
    }
    list(
        chain = chain,
        v_gene = if (is.null(table$v_call)) "none" else "gene", j_gene = "none"
    )
}

clusters_by_receptor <- function(cells, clusters, contigs, rule) {
    # Rows that are chains of cells.
    if (is.null(contigs) && is_paired(rule$chain) &&
        "junction_aa" %in% names(cells)) {
        contigs <- cells
    }
    match <- NULL
    receptors <- if (is.null(contigs)) {
        receptors_of_rows(receptor_data(cells, rule$chain, "object"), rule,
            "object")
    } else {
        contigs <- receptors_of_contigs(contigs, rule)
        match <- match_barcodes(cells, contigs$table, "contigs")
        lapply(contigs$receptors, `[`, match$at)
    }
    rows <- cluster_rows(clusters)
    rule <- without_unnamed_genes(rule, receptors, rows)
    key <- rule_key(receptors, rule, if (is.null(contigs)) "object"
        else "contigs")
    known <- data.frame(key = rule_key(rows, rule, "clusters"),
        cluster = cluster_values(rows$cluster))
    known <- unique(known)
    # One CDR3 is in several clusters where its gene is not asked for.
    several <- unique(known$key[duplicated(known$key)])
    there <- !is.na(receptors$junction_aa)
    cluster <- known$cluster[match(key, known$key)]
    cluster[!there | key %in% several] <- NA
    list(cluster = cluster, known = there,
        several = there & key %in% several, match = match,
        second = second_clustered(cells, contigs, rule, known$key) &
            there & !key %in% known$key)
}

# Where neither cells nor clusters name a gene, it parts nothing.
without_unnamed_genes <- function(rule, receptors, rows) {
    for (column in c("v_call", "j_call")) {
        if (is.null(receptors[[column]]) && !is.null(rows[[column]]) &&
            all(is.na(rows[[column]]) | !nzchar(rows[[column]]))) {
            rule[[sub("call", "gene", column)]] <- "none"
        }
    }
    rule
}

# Which cells have another chain, of which a better one was taken, in a
# cluster.
second_clustered <- function(cells, contigs, rule, clustered) {
    chains <- contigs$chains
    if (is.null(chains) || is_paired(rule$chain)) return(FALSE)
    chains <- as.data.frame(chains)
    inside <- rule_key(receptors_of_rows(chains, rule, "contigs"), rule,
        "contigs") %in% clustered
    # It is told only: chains that were left out may hide who is whose.
    keys <- tryCatch(cell_keys(cells, chains, "contigs"),
        clustcr_error_cells = function(e) NULL)
    if (is.null(keys)) FALSE else keys$cells %in% keys$table[inside]
}

# `junction_aa`, `v_call` and `j_call` of each row as they are compared.
receptors_of_rows <- function(table, rule, name) {
    if (!is_paired(rule$chain) && "junction_aa" %in% names(table)) {
        kept <- right_chain(table, rule$chain, name)
    } else {
        kept <- NULL
        table <- joined_chains(as.data.frame(table))
    }
    if (!"junction_aa" %in% names(table)) {
        bad_argument("`", name, "` must have ", if (is_paired(rule$chain))
            paste0("`junction_aa_", chain_sides(rule$chain), "`",
                collapse = " and ") else "`junction_aa`",
            " (or scRepertoire's `CTaa`)", if (name == "object")
            ", or `contigs` must be given")
    }
    found <- list(junction_aa = text_column(table, "junction_aa", name))
    for (column in c("v_call", "j_call")) {
        found[[column]] <- name_column(table, column, name)
    }
    found$junction_aa[!nzchar(found$junction_aa)] <- NA
    if (!is.null(kept)) {
        found$junction_aa[!seq_along(found$junction_aa) %in% kept] <- NA
    }
    found
}

# list(table, receptors, chains): a row for each cell, what is compared of it,
# and the rows of chains that these are the best of.
receptors_of_contigs <- function(contigs, rule) {
    chains <- if (is_table(contigs) && "junction_aa" %in% names(contigs)) {
        contigs
    }
    if (!is.null(chains)) {
        contigs <- suppressMessages(pair_chains(contigs,
            loci_of_pair(rule$chain), "contigs"))
    }
    table <- receptor_data(contigs, rule$chain, "contigs")
    if (!is_table(table)) {
        bad_argument("`contigs` must be a data.frame with `cell_id`, or the ",
            "list that scRepertoire's combineTCR() makes, not ", given(contigs))
    }
    if (is.null(barcodes_of(table))) {
        bad_argument("`contigs` must have a column `cell_id` or `barcode`; it ",
            "has ", shown_names(names(table)))
    }
    list(table = table, chains = chains,
        receptors = receptors_of_rows(table, rule, "contigs"))
}

rule_key <- function(receptors, rule, name) {
    key <- receptors$junction_aa
    for (column in c("v_call", "j_call")) {
        level <- rule[[sub("call", "gene", column)]]
        if (level == "none") next
        if (is.null(receptors[[column]])) {
            bad_argument("`", name, "` must have `", column, "`: clusters ",
                "were made within the same ", toupper(substr(column, 1,
                1)), " gene; `", sub("call", "gene", column),
                " = \"none\"` finds cells by CDR3 alone")
        }
        key <- paste(key, gene_of_pairs(receptors[[column]], level),
            sep = "\t")
    }
    key
}

report_cells <- function(found) {
    n <- length(found$cluster)
    inside <- !is.na(found$cluster)
    counts <- c(sum(found$known & !inside & !found$several),
        sum(found$several), sum(!found$known))
    words <- c(" with a receptor in no cluster", " with a CDR3 in several",
        " without a receptor")
    second <- sum(found$second)
    if (second > 0) {
        words[1L] <- paste0(words[1L], " (of ", shown_number(second),
            " of them a second chain, with fewer UMIs, is in one)")
    }
    rest <- paste0(", ", shown_numbers(counts), words)[counts > 0]
    inform("cells", "Of ", count_words(n, "cell", "cells"), " ",
        shown_number(sum(inside)), if (sum(inside) == 1L) " is" else " are",
        " in ", count_text(length(unique(found$cluster[inside])), "cluster"),
        paste(rest, collapse = ""), ".", tell_barcodes(found$match))
}

with_column <- function(object, name, value) {
    if (inherits(object, "Seurat")) {
        # In the order of the cells, whose names it wants.
        return(SeuratObject::AddMetaData(object,
            stats::setNames(value, colnames(object)), name))
    }
    if (is_cells(object)) {
        table <- SummarizedExperiment::colData(object)
        table[[name]] <- value
        SummarizedExperiment::colData(object) <- table
        return(object)
    }
    object[[name]] <- value
    object
}

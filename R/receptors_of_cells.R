# The forms in which cells come with their receptors, made into the tables that
# the rest of the package takes: a SingleCellExperiment (colData), a Seurat
# object (meta.data), scRepertoire's columns CTaa and CTgene, and the list of
# data.frames that its combineTCR() makes. Everything else stays as it is.

is_cells <- function(data) {
    inherits(data, c("SummarizedExperiment", "Seurat"))
}

# A list of tables with a row for each cell, as of scRepertoire.
is_contig_list <- function(data) {
    inherits(data, c("list", "SimpleList")) && length(data) > 0L &&
        all(vapply(as.list(data), function(x) {
            is.data.frame(x) && all(c("barcode", "CTaa") %in% names(x))
        }, NA))
}

# What is known of each cell, with its barcode in `cell_id`.
cell_data <- function(object) {
    if (inherits(object, "Seurat")) {
        need_package("SeuratObject", "a Seurat object")
        table <- object[[]]
        barcode <- rownames(table)
    } else {
        need_package("SummarizedExperiment", "a SingleCellExperiment")
        table <- SummarizedExperiment::colData(object)
        barcode <- colnames(object)
        rownames(table) <- NULL
    }
    if (!is.null(barcode)) table$cell_id <- barcode
    table
}

# `data` as a table that receptor_source() takes; `chain` is a short form, or
# "any".
receptor_data <- function(data, chain, name) {
    cells <- is_cells(data)
    if (cells) data <- cell_data(data)
    if (is_contig_list(data)) data <- bind_contigs(data)
    if (!is_table(data)) return(data)
    data <- split_ctaa(data, name, chain)
    if (cells && !any(startsWith(names(data), "junction_aa"))) {
        bad_argument(
            "`", name, "` must have the receptors of its cells in `CTaa` (as ",
            "scRepertoire has it), or in `junction_aa` or `junction_aa_alpha` ",
            "and `junction_aa_beta` (`_gamma` and `_delta`); what it knows of ",
            "cells is ",
            if (ncol(data)) shown_names(names(data)) else "nothing"
        )
    }
    of_chain(data, chain)
}

bind_contigs <- function(data) {
    data <- lapply(as.list(data), function(x) {
        as.data.frame(x)[intersect(c("barcode", "sample", "CTaa", "CTgene"),
            names(x))]
    })
    as.data.frame(data.table::rbindlist(data, fill = TRUE))
}

# "CAVRDF_CASSF" and "TRAV3.TRAJ33.TRAC_TRBV7-9.None.TRBJ2-7.TRBC1" in columns
# of AIRR's names. Of several chains ("CAVF;CAGF_CASSF") the first counts. In
# front are alpha or gamma chains.
split_ctaa <- function(data, name, chain = "AB") {
    if (!"CTaa" %in% names(data)) return(data)
    if (any(startsWith(names(data), "junction_aa"))) return(data)
    loci <- loci_of_pair(chain)
    sides <- ct_sides(text_column(data, "CTaa", name))
    genes <- if ("CTgene" %in% names(data)) {
        ct_sides(text_column(data, "CTgene", name))
    }
    for (side in 1:2) {
        end <- chain_names[[loci[side]]]
        column <- function(name) paste0(name, "_", end)
        data[[column("junction_aa")]] <- sides[[side]]
        if (is.null(genes)) next
        for (segment in c("v", "j")) {
            data[[column(paste0(segment, "_call"))]] <-
                ct_gene(genes[[side]], capitals(segment))
        }
        locus <- row_loci(nrow(data), NULL, data[[column("v_call")]],
            data[[column("j_call")]], loci)
        other <- nzchar(locus) & locus != loci[side]
        data[[column("junction_aa")]][other] <- NA
    }
    if (!"cell_id" %in% names(data) && "barcode" %in% names(data)) {
        data$cell_id <- as.character(plain_column(data, "barcode"))
    }
    data
}

# The parts before and behind "_", NA where there is none.
ct_sides <- function(text) {
    text[is.na(text)] <- "NA_NA"
    at <- regexpr("_", text, fixed = TRUE)
    sides <- list(
        ifelse(at > 0L, substr(text, 1L, at - 1L), NA),
        ifelse(at > 0L, substring(text, at + 1L), NA)
    )
    lapply(sides, function(x) {
        x <- sub(";.*$", "", x)
        replace(x, x %in% no_gene, NA)
    })
}

# Of "TRBV7-9.None.TRBJ2-7.TRBC1" the V gene, or the J gene.
ct_gene <- function(genes, segment) {
    found <- on_distinct(genes, function(names) {
        vapply(strsplit(names, ".", fixed = TRUE), function(parts) {
            own <- grep(paste0("^TR[ABGD]", segment), parts, value = TRUE)
            if (length(own)) own[1L] else ""
        }, "")
    })
    replace(found, is.na(found), "")
}

# Of pairs the chain that is clustered by itself.
of_chain <- function(data, chain) {
    if (chain == "any" || is_paired(chain) || "junction_aa" %in% names(data)) {
        return(data)
    }
    for (column in c("junction_aa", "v_call", "j_call")) {
        own <- paste0(column, "_", chain_sides(chain))
        if (own %in% names(data)) data[[column]] <- plain_column(data, own)
    }
    data
}

# Small single-cell objects.

barcodes <- function(n, seed = 1) {
    withr::with_seed(seed, {
        found <- character()
        while (length(found) < n) {
            found <- unique(c(found, paste0(paste(sample(
                c("A", "C", "G", "T"), 10, TRUE
            ), collapse = ""), "-1")))
        }
        found
    })
}

cell_experiment <- function(data) {
    skip_if_not_installed("SingleCellExperiment")
    counts <- matrix(seq_len(2 * nrow(data)), 2,
        dimnames = list(c("CD4", "CD8A"), data$cell_id))
    SingleCellExperiment::SingleCellExperiment(list(counts = counts),
        colData = S4Vectors::DataFrame(
            data[setdiff(names(data), "cell_id")], row.names = data$cell_id
        ))
}

cell_seurat <- function(data) {
    skip_if_not_installed("SeuratObject")
    counts <- Matrix::Matrix(seq_len(2 * nrow(data)), 2, sparse = TRUE,
        dimnames = list(c("CD4", "CD8A"), data$cell_id))
    known <- data.frame(data[setdiff(names(data), "cell_id")],
        row.names = data$cell_id)
    SeuratObject::CreateSeuratObject(counts,
        meta.data = if (ncol(known)) known)
}

# `n` cells with both chains, one, or none, of few receptors.
random_cells <- function(n, seed) {
    beta <- random_cdr3(40, seed, lengths = 9:10)
    alpha <- random_cdr3(10, seed + 1, lengths = 8)
    withr::with_seed(seed, {
        some <- function(pool, lacking) {
            replace(sample(pool, n, TRUE), runif(n) < lacking, NA)
        }
        cells <- data.frame(
            cell_id = barcodes(n, seed), junction_aa_alpha = some(alpha, 0.3),
            junction_aa_beta = some(beta, 0.2)
        )
        gene <- function(junction_aa, genes) {
            ifelse(is.na(junction_aa), NA, sample(genes, n, TRUE))
        }
        cells$v_call_alpha <- gene(cells$junction_aa_alpha,
            c("TRAV3", "TRAV29/DV5"))
        cells$v_call_beta <- gene(cells$junction_aa_beta,
            c("TRBV7-9", "TRBV6-2"))
        cells$j_call_alpha <- gene(cells$junction_aa_alpha, "TRAJ33")
        cells$j_call_beta <- gene(cells$junction_aa_beta, "TRBJ2-7")
        cells
    })
}

# As scRepertoire's combineTCR() writes them.
as_contig_list <- function(cells, sample = "s1") {
    text <- function(x) ifelse(is.na(x), "NA", x)
    tcr <- function(side, parts) {
        v <- cells[[paste0("v_call_", side)]]
        text(ifelse(is.na(v), NA, do.call(paste, c(list(v), parts(side),
            sep = "."))))
    }
    first <- tcr("alpha", function(x) list(cells$j_call_alpha, "TRAC"))
    second <- tcr("beta", function(x) {
        list("None", cells$j_call_beta, "TRBC1")
    })
    table <- data.frame(
        barcode = cells$cell_id, sample = sample, TCR1 = first,
        cdr3_aa1 = text(cells$junction_aa_alpha), TCR2 = second,
        cdr3_aa2 = text(cells$junction_aa_beta),
        CTgene = paste(first, second, sep = "_"),
        CTaa = paste(text(cells$junction_aa_alpha),
            text(cells$junction_aa_beta), sep = "_")
    )
    stats::setNames(list(table[table$CTaa != "NA_NA", ]), sample)
}

tibble_of <- function(cells) {
    skip_if_not_installed("tibble")
    tibble::as_tibble(cells)
}

frame_of <- function(cells) {
    skip_if_not_installed("S4Vectors")
    S4Vectors::DataFrame(cells)
}

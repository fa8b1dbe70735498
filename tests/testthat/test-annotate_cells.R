annotated <- function(...) suppressMessages(annotateCells(...))
fit_of <- function(data, ...) {
    suppressMessages(Clustering(method = "mcl", ...)$fit(data))
}

# The cluster of each cell, one cell after the other.
naive_clusters <- function(cells, result, side, gene) {
    table <- as.data.frame(result)
    column <- function(name) paste0(name, "_", side)
    vapply(seq_len(nrow(cells)), function(i) {
        same <- rep(TRUE, nrow(table))
        for (s in seq_along(side)) {
            own <- if (length(side) > 1) column("junction_aa")[s]
                else "junction_aa"
            x <- cells[[column("junction_aa")[s]]][i]
            if (is.na(x)) return(NA_integer_)
            same <- same & table[[own]] == x
            if (!gene) next
            own <- if (length(side) > 1) column("v_call")[s] else "v_call"
            same <- same & table[[own]] == cells[[column("v_call")[s]]][i]
        }
        found <- unique(table$cluster[same])
        if (length(found) == 1) found else NA_integer_
    }, 0L)
}

test_that("each cell gets the cluster of its receptor, as by hand", {
    inside <- 0
    for (seed in 1:2) {
        cells <- random_cells(120, seed)
        for (case in list(list("B", "none"), list("B", "gene"),
            list("A", "gene"), list("AB", "gene"), list("AB", "none"))) {
            result <- fit_of(cells, chain = case[[1]], v_gene = case[[2]])
            side <- switch(case[[1]], A = "alpha", B = "beta",
                c("alpha", "beta"))
            expected <- naive_clusters(cells, result, side, case[[2]] == "gene")
            inside <- inside + sum(!is.na(expected))
            found <- annotated(cells, result)
            expect_identical(found$cluster, expected)
            expect_identical(found[names(cells)], cells)
            # The same receptors as scRepertoire has them.
            contigs <- as_contig_list(cells)
            bare <- cells["cell_id"]
            expect_identical(annotated(bare, result, contigs)$cluster, expected)
            with_ct <- merge(bare, contigs[[1]][c("barcode", "CTaa", "CTgene")],
                by.x = "cell_id", by.y = "barcode", all.x = TRUE, sort = FALSE)
            with_ct <- with_ct[match(bare$cell_id, with_ct$cell_id), ]
            expect_identical(annotated(with_ct, result)$cluster, expected)
            # And they are clustered alike.
            expect_identical(
                as.data.frame(fit_of(contigs, chain = case[[1]],
                    v_gene = case[[2]])),
                as.data.frame(result)
            )
        }
    }
    expect_gt(inside, 100)
})

test_that("objects of cells are annotated, and clustered, as data.frames", {
    cells <- random_cells(60, 7)
    result <- fit_of(cells, chain = "AB")
    expected <- annotated(cells, result)$cluster
    for (make in list(cell_experiment, cell_seurat, tibble_of, frame_of)) {
        object <- make(cells)
        found <- annotated(object, result)
        value <- function(x, name) {
            if (inherits(x, "SummarizedExperiment")) {
                SummarizedExperiment::colData(x)[[name]]
            } else if (inherits(x, "Seurat")) {
                unname(x[[name]][, 1])
            } else {
                x[[name]]
            }
        }
        expect_identical(class(found), class(object))
        expect_identical(value(found, "cluster"), expected)
        expect_identical(value(found, "junction_aa_beta"),
            cells$junction_aa_beta)
        if (!inherits(object, c("data.frame", "DataFrame"))) {
            expect_identical(colnames(found), cells$cell_id)
            bare <- make(cells["cell_id"])
            expect_identical(
                value(annotated(bare, result, cells, name = "c"), "c"), expected
            )
        }
        expect_identical(as.data.frame(fit_of(object, chain = "AB")),
            as.data.frame(result))
        # A store takes them too.
        run <- suppressMessages(Clustering(method = "mcl", chain = "AB")$
            batch_precluster(object))
        expect_setequal(run$batch_cluster()$junction_aa_beta,
            as.data.frame(result)$junction_aa_beta)
    }
})

test_that("cells are found by their barcode", {
    cells <- random_cells(30, 3)
    clusters <- data.frame(cell_id = rev(cells$cell_id)[1:20],
        cluster = rep(c("a", "b"), 10))
    found <- annotated(cells, clusters)
    expected <- vapply(cells$cell_id, function(id) {
        c(clusters$cluster[clusters$cell_id == id], NA)[1]
    }, "", USE.NAMES = FALSE)
    expect_identical(found$cluster, expected)
    by_row_name <- data.frame(x = 1:30, row.names = cells$cell_id)
    expect_identical(annotated(by_row_name, clusters)$cluster, expected)
    clusters$cluster <- factor(clusters$cluster)
    expect_identical(annotated(cells, clusters)$cluster, expected)
    # Equal barcodes of two samples are two cells where both say so.
    two <- data.frame(cell_id = "AAAC-1", repertoire_id = c("s1", "s2"))
    known <- cbind(two, cluster = 1:2)
    expect_identical(annotated(two, known)$cluster, 1:2)
    expect_error(annotated(two["cell_id"], known["cluster"] |>
        cbind(two["cell_id"])), "AAAC-1.*more than once",
        class = "clustcr_error_cells")
})

test_that("cells are counted", {
    cells <- data.frame(cell_id = letters[1:6], junction_aa = c("CASSF",
        "CATSF", "CAYYF", "CAGGF", NA, ""))
    clusters <- data.frame(junction_aa = c("CASSF", "CATSF", "CAGGF", "CAGGF"),
        cluster = c(1, 1, 2, 3))
    expect_message(
        found <- annotateCells(cells, clusters),
        paste("Of 6 cells 2 are in 1 cluster, 1 with a receptor in no cluster,",
            "1 with a CDR3 in several, 2 without a receptor."),
        class = "clustcr_message_cells", fixed = TRUE
    )
    expect_identical(found$cluster, c(1, 1, NA, NA, NA, NA))
    expect_message(annotateCells(cells[0, ], clusters), "Of 0 cells 0 are")
    none <- data.frame(junction_aa = character(), cluster = integer())
    expect_identical(annotated(cells, none)$cluster, rep(NA_integer_, 6))
})

test_that("kept clusters are written into the cells of a 10x file", {
    file <- system.file("extdata", "cells",
        "filtered_contig_annotations.csv.gz", package = "clustcr")
    x <- cohort_clusters(file, v_gene = "none")
    chains <- quiet(file)
    cells <- data.frame(cell_id = unique(chains$cell_id))
    best <- suppressMessages(pairChains(chains))
    table <- as.data.frame(x)
    expected <- table$cluster[match(best$junction_aa_beta, table$junction_aa)]
    expect_gt(length(unique(expected)), 5)
    for (contigs in list(chains, best)) {
        found <- annotated(cells, x, contigs)$cluster
        expect_identical(found[match(best$cell_id, cells$cell_id)], expected)
    }
    # Rows that are chains get the cluster of their own.
    rows <- annotated(chains, x)
    expect_identical(rows$cluster, ifelse(rows$locus == "TRB",
        table$cluster[match(rows$junction_aa, table$junction_aa)], NA))
    skip_without_shared()
    skip_if_not(dir.exists(shared_path("formats")))
    chains <- quiet(shared_path("formats", "10x",
        "vdj_nextgem_hs_pbmc3_t_filtered_contig_annotations.csv.gz"))
    pairs <- suppressMessages(pairChains(chains))
    result <- fit_of(pairs, v_gene = "gene")
    found <- annotated(pairs["cell_id"], result, chains)$cluster
    expect_identical(found, naive_clusters(
        as.data.frame(lapply(pairs, function(x) {
            if (is.character(x)) replace(x, x == "", NA) else x
        })), result, "beta", TRUE
    ))
    expect_gt(sum(!is.na(found)), 0)
})

test_that("a gene that neither cells nor clusters name parts nothing", {
    cells <- data.frame(cell_id = letters[1:4], CTaa = c("NA_CASSF",
        "CAVF_CASTF", "CAVF_NA", "NA_CAAAAF"))
    x <- fit_of(cells, v_gene = "gene", j_gene = "gene")
    expect_identical(annotated(cells, x)$cluster, c(1L, 1L, NA, NA))
    x <- suppressMessages(clusterRepertoires(cells))
    expect_identical(annotated(cells, x)$cluster, c(1L, 1L, NA, NA))
    # Clusters that have genes ask for them.
    genes <- data.frame(cluster = 1L, junction_aa = c("CASSF", "CASTF"),
        v_call = c("", "TRBV9"))
    expect_error(annotated(cells, genes), "must have `v_call`",
        class = "clustcr_error_invalid_argument")
    genes$v_call <- ""
    expect_identical(annotated(cells, genes)$cluster, c(1L, 1L, NA, NA))
})

test_that("a beta chain without a V gene does not take its cell's alpha's", {
    cells <- data.frame(
        cell_id = letters[1:4], junction_aa_alpha = c("CAVF", "CAVF", "", ""),
        v_call_alpha = c("TRAV3", "TRAV3", "", ""), j_call_alpha = "",
        junction_aa_beta = c("CASSF", "CASTF", "CATTF", ""),
        v_call_beta = c("", "", "TRBV9", ""), j_call_beta = ""
    )
    for (make in list(identity, cell_experiment, cell_seurat)) {
        x <- suppressMessages(clusterRepertoires(make(cells), chain = "B",
            singletons = TRUE))
        found <- as.data.frame(x)
        expect_setequal(found$junction_aa, c("CASSF", "CASTF", "CATTF"))
        expect_identical(found$v_call[match(c("CASSF", "CASTF", "CATTF"),
            found$junction_aa)], c("", "", "TRBV9"))
        x <- suppressMessages(clusterRepertoires(make(cells), chain = "A",
            singletons = TRUE))
        expect_identical(as.data.frame(x)$v_call, "TRAV3")
    }
})

test_that("what are no cells and no clusters is refused", {
    cells <- data.frame(cell_id = "a", junction_aa = "CASSF")
    clusters <- data.frame(cluster = 1, junction_aa = "CASSF", v_call = "TRBV9")
    bad <- function(text, ..., class = "invalid_argument") {
        expect_error(annotated(...), text,
            class = paste0("clustcr_error_", class))
    }
    bad("`object` must", 1, clusters)
    bad("`clusters` must", cells, 1)
    bad("must have `v_call`", cells, clusters)
    expect_identical(annotated(cells, clusters, v_gene = "none")$cluster, 1)
    bad("`name` must be a new column", cells, clusters, name = "junction_aa")
    bad("`name` must", cells, clusters, name = 1)
    bad("`chain` must", cells, clusters, chain = "C")
    bad("`v_gene` must", cells, clusters, v_gene = "genes")
    bad("`contigs` must be NULL", cells, data.frame(cell_id = "a", cluster = 1),
        cells)
    bad("`contigs` must", cells, clusters, "a")
    bad("such as \"b\".*such as \"a\"", cells, clusters,
        data.frame(cell_id = "b", junction_aa = "CASSF", locus = "TRB"),
        class = "cells")
    bad("`contigs` must be given", cells["cell_id"], clusters)
    bad("barcodes", data.frame(x = 1), clusters, cells)
    skip_if_not_installed("SeuratObject")
    object <- cell_seurat(data.frame(cell_id = c("a", "b"), x = 1))
    expect_error(fit_of(object), "receptors of its cells in `CTaa`",
        class = "clustcr_error_invalid_argument")
    without_package("SeuratObject")
    bad("needs the package SeuratObject", object, clusters,
        class = "missing_package")
})

test_that("of several chains the first counts, of other loci none", {
    contigs <- list(data.frame(
        barcode = c("a", "b", "c"),
        CTaa = c("CAVF;CAGF_CASSF;CATTF", "CAF_CDF", "NA_CASSF"),
        CTgene = c(paste0("TRAV3.TRAJ33.TRAC;TRAV4.TRAJ1.TRAC_TRBV9.None.",
            "TRBJ2-7.TRBC1;TRBV6.None.TRBJ1.TRBC1"),
            "TRGV9.TRGJP.TRGC1_TRDV2.None.TRDJ1.TRDC",
            "NA_TRBV9.TRBD1.TRBJ2-7.TRBC1")
    ))
    clusters <- data.frame(junction_aa = c("CASSF", "CDF"), cluster = 5:6,
        v_call = c("TRBV9", "TRDV2"))
    cells <- data.frame(barcode = c("a", "b", "c", "d"))
    expect_identical(annotated(cells, clusters, contigs)$cluster,
        c(5L, NA, 5L, NA))
})

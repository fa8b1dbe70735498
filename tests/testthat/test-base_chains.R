# `chain` and loci: what is taken where, and which rows are of which locus.

gd_cells <- function() {
    data.frame(
        cell_id = rep(c("c1", "c2", "c3"), each = 2),
        locus = c("TRG", "TRD"), v_call = c("TRGV9", "TRDV2"),
        j_call = c("TRGJP", "TRDJ1"), duplicate_count = 1:6,
        junction_aa = c("CALWEVQELGKKIKVF", "CACDTLGDTRSWDTRQMFF",
            "CALWEVQELGKKIRVF", "CACDTLGDTRSWDTRQMFF", "CALWDF", "CACDF")
    )
}

test_that("a chain is a locus, a pair of loci, or short", {
    forms <- list(A = "TRA", B = "TRB", G = "TRG", D = "TRD",
        AB = c("TRB", "TRA"), GD = c("TRD", "TRG"))
    for (short in names(forms)) {
        for (value in list(short, forms[[short]])) {
            expect_identical(
                Clustering(method = "mcl", chain = value)$chain, short
            )
        }
    }
    for (bad in list("C", c("TRA", "TRG"), c("TRA", "TRA"), NA_character_, 1,
        NULL, character(), c("A", "B"), "TRX", c("TRA", "TRB", "TRG"))) {
        expect_error(Clustering(method = "mcl", chain = bad), "`chain` must",
            class = "clustcr_error_invalid_argument")
        expect_error(readRepertoire("x", chain = if (is.null(bad)) NA else bad),
            "`chain` must", class = "clustcr_error_invalid_argument")
    }
    expect_error(Clustering(chain = c("TRG", "TRD")), "`method` must",
        class = "clustcr_error_invalid_argument")
    expect_error(readRepertoire("x", chain = "TRA", locus = "TRB"),
        "`locus` must", class = "clustcr_error_invalid_argument")
})

test_that("a store keeps the short form, and what 0.2.0 wrote is read", {
    directory <- withr::local_tempdir()
    made <- function(chain) {
        folder <- file.path(directory, paste(chain, collapse = ""))
        run <- Clustering(method = "mcl", chain = chain, directory = folder)
        suppressMessages(run$batch_precluster(data.frame(
            junction_aa = c("CASSF", "CATSF"), locus = chain[1])))
        cpp <- clustcr:::cpp_store_describe(clustcr:::open_store(folder))
        expect_identical(Clustering(directory = folder)$chain,
            cpp$parameters[["chain"]])
        cpp$parameters[["chain"]]
    }
    expect_identical(made("TRB"), "B")
    expect_identical(made("TRA"), "A")
    expect_identical(made("B"), "B")
    expect_identical(made("TRD"), "D")
})

test_that("rows of one chain are those of its locus", {
    data <- data.frame(
        junction_aa = c("CASSF", "CATSF", "CAVSF", "CARSF", "CANSF", "CADSF",
            "CAESF", "CAGSF"),
        locus = c("TRA", "TRB", "TRG", "TRD", "", "", "", ""),
        v_call = c("", "", "", "", "TRAV29/DV5*01", "TRAV29/DV5", "TRAV29/DV5",
            "TRAV14/DV4"),
        j_call = c("", "", "", "", "TRAJ40", "TRDJ1", "", NA)
    )
    # Without a J gene a TRAV../DV.. is of either.
    right <- list(TRA = c(1, 5, 7, 8), TRB = 2, TRG = 3, TRD = c(4, 6, 7, 8))
    file <- withr::local_tempfile(fileext = ".tsv")
    write.table(data, file, sep = "\t", quote = FALSE, row.names = FALSE,
        na = "")
    for (locus in names(right)) {
        fit <- suppressMessages(Clustering(method = "components",
            chain = locus)$fit(data, singletons = TRUE))
        expect_setequal(as.data.frame(fit)$junction_aa,
            data$junction_aa[right[[locus]]])
        expect_identical(clusterAudit(fit)$wrong_chain + clusterAudit(
            fit)$accepted, 8)
        expect_identical(quiet(file, chain = locus)$junction_aa,
            data$junction_aa[right[[locus]]])
        expect_identical(quiet(file, locus = locus), quiet(file,
            chain = substr(locus, 3, 3)))
    }
})

test_that("a clustering without `chain` is of the chain that the data are", {
    gamma <- gd_cells()[gd_cells()$locus == "TRG", ]
    expect_message(fit <- Clustering(method = "mcl",
        v_gene = "gene")$fit(gamma), "`data` is of TRG",
        class = "clustcr_message_chain")
    expect_identical(nrow(as.data.frame(fit)), 2L)
    expect_identical(clusterParameters(fit)$chain, "G")
    expect_message(run <- Clustering(method = "mcl")$batch_precluster(gamma),
        "`data` is of TRG")
    expect_identical(run$batch_cluster()$junction_aa,
        as.data.frame(fit)$junction_aa)
    # Not where it was said, where there are others, or where none is told.
    fit <- suppressMessages(Clustering(method = "mcl", chain = "B")$fit(gamma))
    expect_identical(clusterAudit(fit)$wrong_chain, 3)
    expect_identical(clusterParameters(Clustering(method = "mcl")$fit(
        c("CASSF", "CATSF")))$chain, "B")
    both <- suppressMessages(Clustering(method = "mcl")$fit(gd_cells()))
    expect_identical(clusterParameters(both)$chain, "B")
})

test_that("pairs of gamma and delta are clustered as those of alpha and beta", {
    chains <- gd_cells()
    pairs <- suppressMessages(pairChains(chains, c("TRG", "TRD")))
    # The same under the names of the other loci.
    other <- transform(chains, locus = sub("TRD", "TRB", sub("TRG", "TRA",
        locus)))
    other_pairs <- suppressMessages(pairChains(other))
    names_of <- function(x) {
        names(x) <- sub("delta", "beta", sub("gamma", "alpha", names(x)))
        x
    }
    fit <- function(chain, data, ...) {
        suppressMessages(Clustering(method = "mcl", chain = chain,
            v_gene = "gene", ...)$fit(data, columns = "cluster_id"))
    }
    found <- fit("GD", pairs)
    table <- as.data.frame(found)
    expect_identical(names_of(table), as.data.frame(fit("AB", other_pairs)))
    expect_identical(table$junction_aa_gamma,
        c("CALWEVQELGKKIKVF", "CALWEVQELGKKIRVF"))
    expect_identical(as.data.frame(fit(c("TRD", "TRG"), chains)), table)
    # In batches, from files, assigned, annotated.
    run <- Clustering(method = "mcl", chain = c("TRG", "TRD"), v_gene = "gene")
    run$batch_precluster(pairs)
    expect_identical(run$batch_cluster(columns = "cluster_id")$cluster_id,
        table$cluster_id)
    file <- withr::local_tempfile(fileext = ".tsv")
    write.table(chains, file, sep = "\t", quote = FALSE, row.names = FALSE)
    x <- cohort_clusters(file, chain = c("TRG", "TRD"))
    expect_identical(as.data.frame(x, columns = "cluster_id")$cluster_id,
        table$cluster_id)
    expect_output(print(x), "pairs of gamma and delta chains")
    expect_identical(assignClusters(found, pairs)$cluster, c(1L, 1L, NA))
    cells <- data.frame(cell_id = c("c3", "c2", "c1"))
    expect_identical(suppressMessages(annotateCells(cells, found,
        chains))$cluster, c(NA, 1L, 1L))
    expect_identical(suppressMessages(annotateCells(cells, table,
        pairs))$cluster, c(NA, 1L, 1L))
    expect_true("length_gamma" %in% names(clusterFeatures(found)))
    # Their file is read again, and rows of both are written.
    paired <- withr::local_tempfile(fileext = ".tsv")
    write.table(pairs, paired, sep = "\t", quote = FALSE, row.names = FALSE)
    read <- quiet(paired, chain = "GD")
    expect_identical(read$junction_aa_delta, pairs$junction_aa_delta)
    folder <- withr::local_tempdir()
    writeClusters(x, folder, format = "airr")
    rows <- readRepertoire(list.files(folder, full.names = TRUE)) |>
        suppressMessages()
    expect_identical(nrow(rows), 6L)
    written <- read.delim(list.files(folder, full.names = TRUE))
    expect_identical(written$cluster, c(1L, 1L, 1L, 1L, NA, NA))
    expect_error(fit("AB", pairs), "`junction_aa_gamma`: `chain` says",
        class = "clustcr_error_invalid_argument")
})

test_that("pairs are of the loci that were asked for, row by row", {
    file <- withr::local_tempfile(fileext = ".tsv")
    writeLines(c(
        paste0("cell_id\tVJ_1_junction_aa\tVJ_1_v_call\tVDJ_1_junction_aa\t",
            "VDJ_1_v_call"),
        "a\tCAVF\tTRAV1-2\tCASSF\tTRBV9", "b\tCALF\tTRGV9\tCACDF\tTRDV2",
        "c\tCATF\tTRGV9\tCASSF\tTRBV9"
    ), file)
    ab <- quiet(file, chain = "AB")
    expect_identical(ab$cell_id, c("a", "c"))
    expect_identical(ab$junction_aa_alpha, c("CAVF", ""))
    expect_identical(attr(ab, "skipped")[["other_locus"]], 1)
    gd <- quiet(file, chain = "GD")
    expect_identical(gd$cell_id, c("b", "c"))
    expect_identical(gd$junction_aa_delta, c("CACDF", ""))
})

test_that("both chains of a row are known by usual names", {
    wide <- data.frame(cell_id = "AAAC-1", a = "CAVMDSSYKLIF", va = "TRAV1-2",
        ja = "TRAJ12", b = "CASSLGQAYEQYF", vb = "TRBV7-9", jb = "TRBJ2-7")
    headers <- list(
        c("cell_id", "cdr3a", "va", "ja", "cdr3b", "vb", "jb"),
        c("barcode", "CDR3_alpha", "V_alpha", "J_alpha", "CDR3_beta",
            "V_beta", "J_beta"),
        c("cell_id", "cdr3_aa_a", "TRAV", "TRAJ", "cdr3_aa_b", "TRBV", "TRBJ"),
        c("cell_id", "TRA_cdr3", "TRA_v_gene", "TRA_j_gene", "TRB_cdr3",
            "TRB_v_gene", "TRB_j_gene"),
        c("cell_id", "alpha_cdr3_aa", "va_gene", "ja_gene", "beta_cdr3_aa",
            "vb_gene", "jb_gene")
    )
    for (header in headers) {
        file <- withr::local_tempfile(fileext = ".csv")
        write.csv(stats::setNames(wide, header), file, row.names = FALSE,
            quote = FALSE)
        found <- quiet(file, locus = c("TRA", "TRB"))
        expect_identical(unlist(found[c("junction_aa_alpha", "v_call_alpha",
            "j_call_alpha", "junction_aa_beta", "v_call_beta", "j_call_beta")],
            use.names = FALSE), unlist(wide[-1], use.names = FALSE))
        expect_identical(found$cell_id, "AAAC-1")
        expect_identical(quiet(file, chain = "A")$junction_aa, "CAVMDSSYKLIF")
    }
})

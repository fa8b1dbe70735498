# Cells of several runs, which number their cells alike.

run_file <- function(..., folder = withr::local_tempdir(
                         .local_envir = parent.frame())) {
    dir.create(folder, FALSE, TRUE)
    file <- file.path(folder, "filtered_contig_annotations.csv")
    writeLines(c("barcode,contig_id,chain,v_gene,j_gene,productive,cdr3,umis",
        ...), file)
    file
}
two_runs <- function(folder) {
    c(
        run_file("AAAC-1,AAAC-1_contig_1,TRA,TRAV1-2,TRAJ33,True,CAVMF,9",
            "AAAC-1,AAAC-1_contig_2,TRB,TRBV6-4,TRBJ2-1,True,CASSF,3",
            folder = file.path(folder, "s1", "outs")),
        run_file("AAAC-1,AAAC-1_contig_1,TRB,TRBV19,TRBJ2-7,True,CATTF,12",
            "AAAC-1,AAAC-1_contig_2,TRA,TRAV27,TRAJ42,True,CAGAF,4",
            folder = file.path(folder, "per_sample_outs", "s2", "vdj_t"))
    )
}

test_that("the repertoire is the folder of the sample, or what is said", {
    files <- two_runs(withr::local_tempdir())
    expect_identical(quiet(files[1])$repertoire_id, c("s1", "s1"))
    expect_identical(quiet(files[2])$repertoire_id, c("s2", "s2"))
    expect_identical(quiet(files[2], repertoire_id = "P")$repertoire_id,
        c("P", "P"))
    expect_null(quiet(run_file("A-1,A-1_1,TRA,TRAV1,TRAJ1,True,CAF,1"))$
        repertoire_id)
    for (name in c("sample_id", "Sample", "sample name", "RunId",
        "repertoire_id", "orig.ident")) {
        file <- withr::local_tempfile(fileext = ".tsv")
        writeLines(c(paste0("junction_aa\t", name), "CASSF\tx", "CATTF\ty"),
            file)
        expect_identical(quiet(file)$repertoire_id, c("x", "y"))
        expect_error(quiet(file, repertoire_id = "z"), "several repertoires",
            class = "clustcr_error_invalid_argument")
    }
    expect_identical(clustcr:::sample_of_path(c(
        "/d/s1/outs/a.csv", "/d/outs/per_sample_outs/s2/vdj_t/a.csv",
        "per_sample_outs/s3/vdj_t_gd/a.csv", "/d/s4/a.csv", "a.csv",
        "outs/a.csv", "s5/outs/multi/vdj_t/a.csv"
    )), c("s1", "s2", "s3", NA, NA, NA, NA))
    expect_identical(clustcr:::ids_of_files(files), c("s1", "s2"))
})

test_that("bound runs are pairs within their repertoire, or an error", {
    files <- two_runs(withr::local_tempdir())
    bound <- do.call(rbind, lapply(files, quiet))
    pairs <- suppressMessages(pairChains(bound))
    expect_identical(pairs$repertoire_id, c("s1", "s2"))
    expect_identical(pairs$junction_aa_alpha, c("CAVMF", "CAGAF"))
    expect_identical(pairs$junction_aa_beta, c("CASSF", "CATTF"))
    bare <- bound[names(bound) != "repertoire_id"]
    beta <- Clustering(method = "mcl")$fit(data.frame(junction_aa = c("CATTF",
        "CATSF")))
    cell <- data.frame(cell_id = "AAAC-1")
    for (call in list(
        function(x) pairChains(x),
        function(x) annotateCells(cell, beta, x),
        function(x) Clustering(method = "mcl", chain = "AB")$fit(x),
        function(x) {
            Clustering(method = "mcl", chain = "AB")$batch_precluster(x)
        },
        function(x) {
            assignClusters(Clustering(method = "mcl", chain = "AB")$
                fit(pairs), x)
        }
    )) {
        expect_error(suppressMessages(call(bare)),
            "\"AAAC-1_contig_1\".*`repertoire_id`",
            class = "clustcr_error_cells")
    }
    # Lanes of one repertoire are no better.
    lanes <- transform(bound, repertoire_id = "s")
    expect_error(suppressMessages(pairChains(lanes)), "of a repertoire",
        class = "clustcr_error_cells")
    # The same rows twice are the same contigs.
    one <- bound[bound$repertoire_id == "s1", ]
    again <- suppressMessages(pairChains(rbind(one, one)))
    expect_identical(again$junction_aa_beta, "CASSF")
    expect_identical(attr(again, "skipped")[["second_chain"]], 2)
    # The first reads of all rows, whatever order they have.
    expect_identical(nrow(suppressMessages(pairChains(bound[4:1, ]))), 2L)
})

test_that("a column of the file parts people who share barcodes", {
    file <- withr::local_tempfile(fileext = ".csv")
    rows <- c("A-1,c1,TRA,TRAV1,CAVF,2,P1", "A-1,c2,TRB,TRBV9,CASF,5,P1",
        "A-1,c1,TRA,TRAV2,CAGF,9,P2", "A-1,c2,TRB,TRBV6,CATF,3,P2")
    for (name in c("sample_id", "sample", "donor", "library_id", "subject_id",
        "Patient", "patient_id", "individual", "participant_id")) {
        writeLines(c(paste0("barcode,contig_id,chain,v_gene,cdr3,umis,", name),
            rows), file)
        found <- suppressMessages(pairChains(quiet(file,
            locus = c("TRA", "TRB"))))
        expect_identical(found$repertoire_id, c("P1", "P2"))
        expect_identical(found$junction_aa_beta, c("CASF", "CATF"))
    }
})

test_that("in memory, too, a column parts people who share barcodes", {
    rows <- data.frame(cell_id = "A-1", locus = c("TRA", "TRB"),
        junction_aa = c("CAVF", "CASF"), Patient = c("P1", "P2"))
    expect_message(found <- pairChains(rows), "`Patient`.*`repertoire_id`")
    expect_identical(found$repertoire_id, c("P1", "P2"))
    expect_identical(found$junction_aa_alpha, c("CAVF", ""))
    # By whatever name files have it.
    for (name in c("RunId", "sample name", "orig.ident", "mouse_id")) {
        other <- stats::setNames(rows, sub("Patient", name, names(rows)))
        expect_identical(suppressMessages(pairChains(other)), found,
            ignore_attr = TRUE)
    }
    # One cell of one patient stays one.
    rows$Patient <- "P1"
    found <- suppressMessages(pairChains(rows))
    expect_identical(found$junction_aa_beta, "CASF")
    expect_null(found$repertoire_id)
})

test_that("cells are never found by bare barcode across repertoires", {
    contigs <- data.frame(
        repertoire_id = c("s1", "s2"), cell_id = c("AAACC-1", "AAAGG-1"),
        locus = "TRB", junction_aa = c("CASSF", "CATTF")
    )
    clusters <- data.frame(junction_aa = c("CASSF", "CATTF"), cluster = 1:2)
    found <- function(cells, contigs) {
        suppressMessages(annotateCells(cells, clusters, contigs))$cluster
    }
    # A cell of sample 1 that has the barcode of one of sample 2.
    cells <- data.frame(cell_id = c("AAACC-1", "AAAGG-1"))
    expect_error(found(cells, contigs), "of 2 repertoires.*`object` has no",
        class = "clustcr_error_cells")
    for (name in c("repertoire_id", "sample", "orig.ident", "Sample")) {
        cells[[name]] <- "s1"
        expect_identical(found(cells, contigs), c(1L, NA))
        cells[[name]] <- c("s2", "s1")
        expect_error(found(cells, contigs), "none is",
            class = "clustcr_error_cells")
        cells[[name]] <- NULL
    }
    # Barcodes may say it themselves.
    contigs$cell_id <- cells$cell_id <- c("s1_AAACC-1", "s2_AAAGG-1")
    expect_identical(found(cells, contigs), 1:2)
    contigs$cell_id <- cells$cell_id <- c("AAACC-1", "AAAGG-2")
    expect_identical(found(cells, contigs), 1:2)
    # Cells of two samples, and contigs that say none.
    cells <- data.frame(cell_id = "AAACC-1", orig.ident = c("s1", "s2"))
    expect_error(found(cells, contigs[1, -1]), "`contigs` has no",
        class = "clustcr_error_cells")
    by_cell <- data.frame(cell_id = c("AAACC-1", "AAAGG-1"),
        sample = c("s1", "s2"), cluster = 1:2)
    expect_error(suppressMessages(annotateCells(cells["cell_id"], by_cell)),
        class = "clustcr_error_cells")
    expect_identical(suppressMessages(annotateCells(cells, by_cell))$cluster,
        c(1L, NA))
})

test_that("merged objects tell the repertoire in a column and in barcodes", {
    contigs <- data.frame(
        repertoire_id = c("s1", "s2", "s2"), locus = "TRB",
        cell_id = c("AAACC-1", "AAACC-1", "AAAGG-1"),
        junction_aa = c("CASSF", "CATTF", "CASSF")
    )
    clusters <- data.frame(junction_aa = c("CASSF", "CATTF"), cluster = 1:2)
    found <- function(barcode, ident, contigs) {
        cells <- data.frame(cell_id = barcode, orig.ident = ident)
        suppressMessages(annotateCells(cells, clusters, contigs))$cluster
    }
    ident <- c("s2", "s1", "s2")
    expect_identical(found(c("s2_AAACC-1", "s1_AAACC-1", "s2_AAAGG-1"), ident,
        contigs), c(2L, 1L, 1L))
    expect_identical(found(c("AAACC-1_2", "AAACC-1_1", "AAAGG-1_2"), ident,
        contigs), c(2L, 1L, 1L))
    expect_identical(found(c("s2_AAACC-1_2", "s1_AAACC-1_1", "s2_AAAGG-1_2"),
        ident, contigs), c(2L, 1L, 1L))
    named <- transform(contigs, cell_id = paste0(repertoire_id, "_", cell_id))
    expect_identical(found(c("AAACC-1", "AAACC-1", "AAAGG-1"), ident, named),
        c(2L, 1L, 1L))
    # The name of another is not taken away.
    expect_error(found(c("s1_AAACC-1", "s2_AAACC-1", "s1_AAAGG-1"), ident,
        contigs), "none is", class = "clustcr_error_cells")
    # Two runs of one person, of which the contigs do not tell.
    expect_error(found(c("AAACC-1_1", "AAACC-1_2", "AAAGG-1_2"), "s2",
        contigs), "none is", class = "clustcr_error_cells")
    # A barcode that is found as it is stays so.
    contigs$cell_id[1] <- "s1_AAACC-1"
    expect_identical(found(c("s1_AAACC-1", "AAACC-1"), "s1", contigs),
        c(1L, NA))
})

test_that("barcodes are compared within each repertoire", {
    contigs <- data.frame(
        repertoire_id = c("s1", "s1", "s2", "s2"), locus = "TRB",
        cell_id = c("AAACC-1", "AAATT-1", "AAACC-1", "AAAGG-1"),
        junction_aa = c("CASSF", "CATTF", "CATTF", "CASSF")
    )
    clusters <- data.frame(junction_aa = c("CASSF", "CATTF"), cluster = 1:2)
    found <- function(cells, contigs) {
        suppressMessages(annotateCells(cells, clusters, contigs))$cluster
    }
    bad <- function(text, ...) {
        expect_error(found(...), text, class = "clustcr_error_cells")
    }
    right <- c(1L, 2L, 2L, 1L)
    # Run 1 is found as it is, run 2 without the number of cellranger aggr.
    cells <- data.frame(cell_id = sub("1$", "2", contigs$cell_id),
        sample = contigs$repertoire_id)
    cells$cell_id[1:2] <- contigs$cell_id[1:2]
    expect_identical(found(cells, contigs), right)
    expect_identical(found(cells[4:1, ], contigs), right[4:1])
    # A cell of run 2 is not the one of run 1 that has its barcode.
    cells$cell_id[4] <- "AAATT-2"
    expect_identical(found(cells, contigs), c(1L, 2L, 2L, NA))
    by_cell <- data.frame(cell_id = "AAACC-1", sample = c("s1", "s2"),
        cluster = 5:6)
    expect_identical(suppressMessages(annotateCells(cells, by_cell))$cluster,
        c(5L, NA, 6L, NA))
    # Two lanes of a person, of which it is not said which is which.
    lanes <- transform(contigs, cell_id = sub("1$", "2", cell_id))
    lanes$cell_id[3] <- "AAACC-3"
    bad("\"s2\" none is sure: they end in \"-1\" in .*\"-3\", \"-2\" in `obj",
        data.frame(cell_id = lanes$cell_id, sample = lanes$repertoire_id),
        contigs)
    other <- contigs
    other$cell_id[4] <- "AAAGG-2"
    bad("of \"s2\" none is sure", data.frame(cell_id = c("AAACC-2",
        "AAAGG-2", "AAAGG-3"), sample = "s2"), other)
    # Numbers that are a cell's own are no ends.
    cells <- data.frame(cell_id = "cell-2", sample = "s1")
    bad("none is", cells, transform(contigs[1, ], cell_id = "cell-1"))
})

test_that("a repertoire in front of the barcodes of one side is enough", {
    contigs <- data.frame(
        repertoire_id = c("s1", "s1", "s1_2"), locus = "TRB",
        cell_id = c("AAACC-1", "AAATT-1", "AAACC-1"),
        junction_aa = c("CASSF", "CATTF", "CATTF")
    )
    clusters <- data.frame(junction_aa = c("CASSF", "CATTF"), cluster = 1:2)
    found <- function(cells, contigs) {
        suppressMessages(annotateCells(cells, clusters, contigs))$cluster
    }
    front <- paste0(contigs$repertoire_id, "_", contigs$cell_id)
    for (end in c("", "_7")) {
        cells <- data.frame(cell_id = paste0(front, end))
        expect_identical(found(cells, contigs), c(1L, 2L, 2L))
        expect_identical(found(cells[3:1, , drop = FALSE], contigs[1:2, ]),
            c(NA, 2L, 1L))
    }
    cells <- data.frame(cell_id = contigs$cell_id,
        sample = contigs$repertoire_id)
    expect_identical(found(cells, transform(contigs, cell_id = front,
        repertoire_id = NULL)), c(1L, 2L, 2L))
    # A cell of nobody known is in none.
    cells <- data.frame(cell_id = c(front, "s3_AAACC-1"))
    expect_message(annotateCells(cells, clusters, contigs),
        "such as \"s3_AAACC-1\"", fixed = TRUE)
    expect_identical(found(cells, contigs), c(1L, 2L, 2L, NA))
})

test_that("repertoires of other names are told with both sides' names", {
    contigs <- data.frame(
        repertoire_id = c("s1", "s2"), cell_id = "AAACC-1", locus = "TRB",
        junction_aa = c("CASSF", "CATTF")
    )
    clusters <- data.frame(junction_aa = c("CASSF", "CATTF"), cluster = 1:2)
    for (names in list(c("D1", "D2"), c("S1", "S2"))) {
        cells <- data.frame(cell_id = "AAACC-1", sample = names)
        said <- paste0("`sample` of `object` has \"", names[1], "\", \"",
            names[2], "\", and `contigs` is of \"s1\", \"s2\"")
        expect_error(annotateCells(cells, clusters, contigs), said,
            class = "clustcr_error_cells")
        # Also where no barcode of `object` is there twice.
        cells$cell_id[2] <- "AAAGG-1"
        expect_error(annotateCells(cells, clusters, contigs), said,
            class = "clustcr_error_cells")
    }
})

test_that("barcodes of the one and the other table are told", {
    cells <- data.frame(cell_id = c("A-1", "B-1", "C-1"))
    contigs <- data.frame(cell_id = c("B-1", "D", "E", "B-1"), locus = "TRB",
        junction_aa = c("CASSF", "CATTF", "CASSF", "CATTF"),
        duplicate_count = c(9, 5, 4, 3))
    clusters <- data.frame(junction_aa = "CASSF", cluster = 1L)
    expect_message(annotateCells(cells, clusters, contigs), paste0(
        "2 without a receptor. Of 3 barcodes of `object` 2 are not in ",
        "`contigs`, such as \"A-1\". Of 3 barcodes of `contigs` 2 are not in ",
        "`object`, such as \"D\"."), fixed = TRUE)
    # A chain with fewer UMIs is in a cluster, not the cell's best.
    clusters$junction_aa <- "CATTF"
    expect_message(found <- annotateCells(cells, clusters, contigs),
        paste0("1 with a receptor in no cluster (of 1 of them a second chain, ",
            "with fewer UMIs, is in one), 2 without"), fixed = TRUE)
    expect_identical(found$cluster, rep(NA_integer_, 3))
})

test_that("all rows of cells are counted, whatever became of them", {
    chains <- data.frame(
        cell_id = c("a", "a", "a", "b", "b", "c", "", "d", "d"),
        locus = c("TRA", "TRB", "TRB", "TRA", "TRB", "TRA", "TRB", "TRB",
            "TRG"),
        junction_aa = c("CAVF", "CASSF", "CATSF", "CAVF", "CAS*F", "CAGF",
            "CASF", "CAFF", "CALF"),
        duplicate_count = c(1, 5, 2, 3, 4, 5, 6, 7, 8)
    )
    # a: a pair and a second chain; b: a stop codon; c, d: one chain.
    right <- c(given = 9, accepted = 1, paired = 2, stop_codon = 1,
        missing_chain = 2, second_chain = 1, no_cell_id = 1, other_locus = 1)
    counted <- function(audit) {
        audit <- as.data.frame(audit)
        counts <- unlist(audit[setdiff(names(audit), "repertoire_id")])
        expect_equal(counts[["given"]], sum(counts[-1]))
        expect_mapequal(counts[counts > 0], right)
    }
    ab <- function(...) Clustering(method = "mcl", chain = "AB", ...)
    expect_message(fit <- ab()$fit(chains), "Skipped 6 of 9 sequences")
    counted(clusterAudit(fit))
    expect_output(print(fit), "6 of 9 rows.*2 cells have their two chains")
    expect_message(run <- ab()$batch_precluster(chains), "Skipped 6 of 9")
    counted(run$audit())
    pairs <- suppressMessages(pairChains(chains))
    expect_message(fit <- ab()$fit(pairs), "Skipped 6 of 9")
    counted(clusterAudit(fit))
    # A part of the pairs is rows by itself.
    part <- suppressMessages(ab()$fit(pairs[1:2, ]))
    expect_identical(clusterAudit(part)$given, 2)
    file <- withr::local_tempfile(fileext = ".tsv")
    write.table(chains, file, sep = "\t", quote = FALSE, row.names = FALSE)
    expect_message(x <- clusterRepertoires(file, chain = "AB"), "of 9 rows")
    counted(clusterAudit(x))
    skip_if_not_installed("ggplot2")
    drawn <- plotAudit(x)$data
    expect_equal(sum(drawn$rows), 9)
    expect_equal(drawn$rows[drawn$fate == "accepted"], 3)
})

# Two people's cells of the same barcodes; `...` are columns with the person.
two_people <- function(...) {
    data.frame(cell_id = "AAAC-1", sequence_id = paste0("c", c(1, 2, 1, 2)),
        ..., locus = c("TRA", "TRB", "TRB", "TRA"),
        junction_aa = c("CAVMF", "CASSF", "CATTF", "CAGAF"),
        duplicate_count = c(9, 3, 12, 4))
}
people <- c("p1", "p1", "p2", "p2")
blanks <- list(empty = "", missing = NA_character_, none = "None", space = " ",
    flag = NA)

test_that("a blank repertoire_id hides no other column, in memory", {
    told <- two_people(repertoire_id = people)
    right <- suppressMessages(pairChains(told))
    expect_identical(right$junction_aa_alpha, c("CAVMF", "CAGAF"))
    expect_identical(right$junction_aa_beta, c("CASSF", "CATTF"))
    # Pairs of one person's alpha and the other's beta are in no cluster.
    pairs <- Clustering(method = "mcl", chain = "AB")$fit(data.frame(
        junction_aa_alpha = c("CAVMF", "CAVLF"),
        junction_aa_beta = c("CATTF", "CATTF")))
    cells <- data.frame(cell_id = "AAAC-1", sample_id = c("p1", "p2"))
    for (other in c("sample_id", "sample", "Sample Name", "orig.ident",
        "donor_id", "subject")) {
        for (blank in blanks) {
            chains <- two_people(repertoire_id = blank, other = people)
            names(chains)[names(chains) == "other"] <- other
            expect_message(found <- pairChains(chains),
                paste0("`repertoire_id` of `data` are filled from `", other),
                class = "clustcr_message_pairs", fixed = TRUE)
            expect_identical(found, right)
            found <- suppressMessages(annotateCells(cells, pairs, chains))
            expect_identical(is.na(found$cluster), c(TRUE, TRUE))
        }
    }
    # A blank here and there, of two columns in their order.
    chains <- two_people(repertoire_id = c("p1", NA, "", "p2"),
        sample_id = c("x", "", "p2", "x"), donor = c("y", "p1", "y", "y"))
    expect_message(found <- pairChains(chains),
        "filled from `sample_id`, `donor`", class = "clustcr_message_pairs")
    expect_identical(found, right)
    # Without the column, too, and where nothing is filled in.
    chains <- two_people(sample_id = "", sample = people)
    expect_identical(suppressMessages(pairChains(chains)), right)
    chains <- two_people(repertoire_id = "")[1:2, ]
    expect_identical(suppressMessages(pairChains(chains))$repertoire_id, "")
})

test_that("cells are found in a table whose repertoire_id is blank", {
    cells <- data.frame(cell_id = c("AAAC-1", "AAAC-1", "AAAG-1"),
        sample_id = c("p1", "p2", "p1"))
    known <- data.frame(cell_id = c("AAAC-1", "AAAC-1"), repertoire_id = "",
        sample_id = c("p2", "p1"), cluster = c(7, 8))
    found <- function(cells, known) {
        suppressMessages(annotateCells(cells, known))$cluster
    }
    expect_identical(found(cells, known), c(8, 7, NA))
    expect_identical(found(cbind(cells, repertoire_id = ""), known),
        c(8, 7, NA))
    expect_identical(found(cbind(cells, repertoire_id = NA), transform(known,
        repertoire_id = c("p2", NA))), c(8, 7, NA))
    # One of the other person only is nobody's here.
    other <- transform(known[1, ], cell_id = "AAAG-1")
    expect_error(found(cells, other), "none is", class = "clustcr_error_cells")
    # A blank cell_id hides no barcode.
    expect_identical(found(transform(cells, barcode = cell_id, cell_id = NA),
        known), c(8, 7, NA))
})

test_that("clusterings are compared by cells of whom a table tells", {
    a <- data.frame(cell_id = "AAAC-1", repertoire_id = c("p1", "p2"),
        cluster = 1:2)
    b <- data.frame(cell_id = "AAAC-1", repertoire_id = "",
        sample = c("p2", "p1"), cluster = c(5, 5))
    told <- transform(b, repertoire_id = sample)
    expect_identical(compareClusterings(a, b, by = "cell_id"),
        compareClusterings(a, told, by = "cell_id"))
    b$junction_aa <- told$junction_aa <- "CASSF"
    expect_identical(suppressMessages(clusterMatrix(b)),
        suppressMessages(clusterMatrix(told)))
    expect_identical(publicClusters(b)$n_samples,
        publicClusters(told)$n_samples)
})

test_that("a blank repertoire_id hides no other column of a file", {
    rows <- c(
        "cell_id\tsequence_id\trepertoire_id\tOTHER\tlocus\tjunction_aa\tumis",
        "AAAC-1\tc1\t\tp1\tTRA\tCAVMF\t9", "AAAC-1\tc2\t\tp1\tTRB\tCASSF\t3",
        "AAAC-1\tc1\t\tp2\tTRB\tCATTF\t12", "AAAC-1\tc2\t\tp2\tTRA\tCAGAF\t4"
    )
    folder <- withr::local_tempdir()
    file <- file.path(folder, "airr.tsv")
    told <- file.path(folder, "told.tsv")
    writeLines(sub("\t\tp", "\tp", sub("\tOTHER", "", rows)), told)
    pair_clusters <- function(file) {
        cohort_clusters(file, chain = "AB", singletons = TRUE)
    }
    right <- pair_clusters(told)
    expect_setequal(paste(as.data.frame(right)$junction_aa_alpha,
        as.data.frame(right)$junction_aa_beta),
        c("CAVMF CASSF", "CAGAF CATTF"))
    for (other in c("sample_id", "sample", "RunId", "patient_id")) {
        for (blank in c("", "NA", "None", " ")) {
            writeLines(sub("\t\tp", paste0("\t", blank, "\tp"),
                sub("OTHER", other, rows)), file)
            expect_message(table <- readRepertoire(file, locus = c("TRA",
                "TRB")), paste0("repertoire_id (`", other, "` in 4 of all "),
                class = "clustcr_message_read", fixed = TRUE)
            expect_identical(without_attributes(table), without_attributes(
                quiet(told, locus = c("TRA", "TRB"))))
            x <- pair_clusters(file)
            expect_identical(clusterSamples(x)$repertoire_id, c("p1", "p2"))
            expect_identical(as.data.frame(x), as.data.frame(right))
        }
    }
    # In rows here and there, and read in chunks.
    writeLines(sub("\t\tp", "\tp1\tp", sub("OTHER", "sample", rows)), file)
    expect_identical(quiet(file)$repertoire_id, rep("p1", 4))
    mixed <- sub("OTHER", "sample", rows)
    mixed[c(2, 5)] <- sub("\t\t(p.)", "\t\\1\tx", mixed[c(2, 5)])
    writeLines(mixed, file)
    expect_identical(quiet(file, locus = c("TRA", "TRB"))$repertoire_id, people)
    chunk <- readRepertoire(file, locus = c("TRA", "TRB"), chunk_size = 1)
    ids <- vapply(1:4, function(i) suppressMessages(chunk())$repertoire_id, "")
    expect_identical(ids, people)
    # The folder of a sample fills what is left.
    outs <- file.path(folder, "s9", "outs")
    dir.create(outs, recursive = TRUE)
    writeLines(sub("\tp[12]\t", "\t\t", sub("OTHER", "sample", rows)),
        file.path(outs, "airr.tsv"))
    expect_identical(quiet(file.path(outs, "airr.tsv"))$repertoire_id,
        rep("s9", 4))
})

# Which column becomes which field, and what a message says of it.

two <- c("CASSLGQAYEQYF", "CASSLGQGYEQYF")

# A table of `two` with columns of these names.
table_of <- function(..., sep = "\t", top = character()) {
    columns <- list(...)
    rows <- do.call(paste, c(unname(columns), sep = sep))
    file <- withr::local_tempfile(.local_envir = parent.frame())
    writeLines(c(top, paste(names(columns), collapse = sep), rows), file)
    file
}

told <- function(file, ...) {
    found <- NULL
    withCallingHandlers(readRepertoire(file, ...),
        clustcr_message_read = function(m) {
            found <<- conditionMessage(m)
            invokeRestart("muffleMessage")
        })
    found
}

test_that("usual names of genes are known whatever the format", {
    v <- c("TRBV7-9", "TRBV6-1")
    for (cdr3 in c("junction_aa", "cdr3", "CDR3_beta", "CDR3b", "aaSeqCDR3",
        "AA Sequence", "TRB_cdr3_aa", "cdr3_amino_acids")) {
        for (name in c("v_gene", "TRBV_gene", "V segments", "Vbeta",
            "bestVGene", "v.segm", "v.name", "vb", "TRBV", "vGeneName",
            "trb_v_gene", "V_GENE", "v beta")) {
            file <- withr::local_tempfile(lines = paste(
                c(cdr3, two), c(name, v), sep = "\t"
            ))
            found <- quiet(file)
            expect_identical(found$v_call, v, info = paste(cdr3, name))
            expect_match(told(file), paste0("v_call is `", name, "`"),
                fixed = TRUE)
        }
    }
})

test_that("a chain's genes are those of its CDR3", {
    file <- table_of(CDR3_alpha = rep("CAVMDSSYKLIF", 2), TRAV = "TRAV1-2",
        TRAJ = "TRAJ12", CDR3_beta = two, TRBV = "TRBV7-9", TRBJ = "TRBJ2-7")
    expect_identical(quiet(file)$v_call, rep("TRBV7-9", 2))
    expect_identical(quiet(file, chain = "A")$j_call, rep("TRAJ12", 2))
    both <- quiet(file, locus = c("TRA", "TRB"))
    expect_identical(both$junction_aa_beta, two)
    expect_identical(both$v_call_alpha, rep("TRAV1-2", 2))
    expect_match(told(file), "Both chains are in a row")
    # One chain, without genes, is no other.
    file <- table_of(CDR3_beta = two, n = 1:2)
    expect_identical(nrow(quiet(file, locus = "TRB")), 2L)
    expect_identical(skipped_of(quiet(file, locus = "TRA")),
        c(other_locus = 2))
})

test_that("chains are known by Greek letters", {
    file <- table_of("CDR3\u03b1" = rep("CAVMDSSYKLIF", 2),
        "V\u03b1" = "TRAV1-2", "CDR3\u03b2" = two, "V\u03b2" = "TRBV7-9")
    expect_identical(quiet(file)$junction_aa, two)
    expect_identical(quiet(file)$v_call, rep("TRBV7-9", 2))
    both <- quiet(file, locus = c("TRA", "TRB"))
    expect_identical(both$junction_aa_alpha, rep("CAVMDSSYKLIF", 2))
    expect_identical(both$v_call_alpha, rep("TRAV1-2", 2))
})

test_that("a locus is known by what files call it", {
    names <- c("TRB", "TCR-beta", "TCR beta", "Beta chain", "beta_chain",
        "TRBV", "TCRBV", "TCR\u03b2", "\u03b2", "b")
    expect_identical(clustcr:::imgt_locus(names), rep("TRB", length(names)))
    expect_identical(clustcr:::imgt_locus(c("TRA,TRD", "", NA, "Multi", "IGK",
        "Alpha")), c("", "", "", "Multi", "IGK", "TRA"))
})

test_that("a column of V genes that no name tells is found, or told", {
    v <- c("TRBV7-9", "TRBV6-1")
    file <- table_of(junction_aa = two, thing = v)
    expect_identical(quiet(file)$v_call, v)
    expect_match(told(file), "v_call is `thing`", fixed = TRUE)
    # Two of them are not chosen from.
    file <- table_of(junction_aa = two, thing = v, other = rev(v))
    expect_null(quiet(file)$v_call)
    expect_match(told(file),
        "No column of V genes.*`thing` \\(V genes\\), `other` \\(V genes\\)")
    expect_identical(quiet(file, columns = c(v_call = "other"))$v_call, rev(v))
    expect_null(quiet(table_of(junction_aa = two, v_gene = v),
        columns = c(v_call = ""))$v_call)
    expect_match(told(table_of(junction_aa = two, n_umis_total = 1:2)),
        "`n_umis_total` (counts)", fixed = TRUE)
})

test_that("counts are molecules before reads, row by row", {
    file <- file_of(
        "junction_aa\tduplicate_count\tconsensus_count\tumi_count\n",
        "CASSF\t\t878\t7\nCASRF\t3\t9\t2\nCASQF\t\t5\t\nCASPF\t\t\t\n"
    )
    expect_equal(quiet(file)$duplicate_count, c(7, 3, 5, NA))
    expect_match(told(file), paste0("duplicate_count (`umi_count` in 1 of ",
        "all 4 rows, `consensus_count` in 1 of all 4 rows)"), fixed = TRUE)
    # Rows of many files are added up nowhere.
    expect_match(clustcr:::without_counts(told(file)),
        "(`umi_count`, `consensus_count`)", fixed = TRUE)
    # Chunks tell of all their rows.
    parts <- readRepertoire(file, chunk_size = 1)
    expect_message(while (!is.null(parts())) NULL,
        "`umi_count` in 1 of all 4 rows", class = "clustcr_message_read")
    # Of AIRR's tables too any other count goes before reads (immuneSIM's
    # `counts`).
    for (count in c("counts", "clone_count", "umis")) {
        file <- file_of("junction_aa\tv_call\tconsensus_count\t", count, "\n",
            "CASSF\tTRBV9\t42\t250000000000\nCASRF\tTRBV9\t42\t\n")
        expect_identical(attr(quiet(file), "format"), "airr")
        expect_equal(quiet(file)$duplicate_count, c(250000000000, 42))
    }
    # What is not needed is not judged.
    expect_equal(quiet(file_of("junction_aa\tumis\treads\nCASSF\t3\tmany\n"))$
        duplicate_count, 3)
})

test_that("an unresolved gene is what the row says elsewhere", {
    header <- paste0("aminoAcid\tvMaxResolved\tvFamilyName\tvGeneNameTies\t",
        "vFamilyTies\n")
    file <- file_of(
        header, "CASSF\tunresolved\tTCRBV06\tTCRBV06-02,TCRBV06-03\t\n",
        "CASRF\tunresolved\tTCRBV12\t\t\n",
        "CASQF\tTCRBV12\tTCRBV12\tTCRBV12-03,TCRBV12-04\t\n",
        "CASPF\tTCRBV12-03*01\tTCRBV12\t\t\n",
        "CASNF\tunresolved\t\t\tTCRBV06,TCRBV12\n",
        "CASMF\tunresolved\tunresolved\t\t\n"
    )
    expect_identical(quiet(file)$v_call, c("TRBV6-2,TRBV6-3", "TRBV12",
        "TRBV12-3,TRBV12-4", "TRBV12-3*01", "TRBV6,TRBV12", ""))
})

test_that("families link what genes leave open, and nothing else", {
    file <- file_of("aminoAcid\tvMaxResolved\tvFamilyName\tvGeneNameTies\n",
        "CASSPGDEQYF\tunresolved\tTCRBV06\tTCRBV06-02,TCRBV06-03\n",
        "CASSPGGEQYF\tunresolved\tTCRBV12\tTCRBV12-03,TCRBV12-04\n",
        "CASSPGHEQYF\tTCRBV12-03*01\tTCRBV12\t\n")
    graph <- neighborGraph(quiet(file), v_gene = "family")
    expect_identical(graph$from, "CASSPGGEQYF")
    expect_identical(graph$to, "CASSPGHEQYF")
    expect_identical(graph$v_call, "TRBV12")
})

test_that("MiXCR's names beside 10x's cells", {
    file <- file_of("barcode,contig_id,chain,aaSeqCDR3,bestVGene,",
        "allVHitsWithScore,reads,umis\n",
        "AAAC-1,AAAC-1_1,TRB,CASSF,TRBV14,TRBV14*00(1425),11959,6\n",
        "AAAC-1,AAAC-1_2,TRA,CAERF,,\"TRAV13-2*00(1385),TRAV13-1*00(9)\",9,4\n"
    )
    found <- quiet(file)
    expect_identical(found$v_call, c("TRBV14", "TRAV13-2"))
    expect_equal(found$duplicate_count, c(6, 4))
    expect_identical(found$cell_id, rep("AAAC-1", 2))
    expect_identical(found$sequence_id, c("AAAC-1_1", "AAAC-1_2"))
    expect_identical(found$locus, c("TRB", "TRA"))
})

test_that("words for yes and no of other languages; others stop", {
    of <- function(...) {
        quiet(table_of(junction_aa = two, productive = c(...)))
    }
    for (words in list(c("WAHR", "FALSCH"), c("VRAI", "FAUX"), c("T", "F"),
        c("1", "0"), c("Verdadero", "Falso"), c("1.0", "0.0"),
        c("PRAWDA", "FA\u0141SZ"), c("SAND", "FALSK"), c("IGAZ", "HAMIS"),
        c("TOSI", "EP\u00c4TOSI"), c("S\u00ed", "No"), c("Sim", "N\u00e3o"))) {
        expect_identical(of(words)$junction_aa, two[1], info = words[1])
    }
    file <- table_of(junction_aa = two, productive = c("T", "perhaps"))
    expect_error(readRepertoire(file),
        paste0("`productive`.*\"perhaps\" \\(line 3\\).*",
            "columns = c\\(productive = \"\""),
        class = "clustcr_error_format")
    expect_identical(quiet(file, columns = c(productive = ""))$junction_aa,
        two)
    expect_error(quiet(table_of(junction_aa = two, is_cell = "oui?")),
        "`is_cell`", class = "clustcr_error_format")
    # Blanks say nothing.
    expect_identical(of("NA", "")$productive, c(NA, NA))
})

test_that("the header is found where it is, or named", {
    table <- table_of(cdr3 = two, v_gene = c("TRBV7-9", "TRBV6-1"), sep = ";",
        top = "sep=;")
    expect_identical(quiet(table)$v_call, c("TRBV7-9", "TRBV6-1"))
    # Another separator than the one most fields have.
    file <- file_of("sep=;\ncdr3;v_gene;a,b,c,d\nCASSF;TRBV7-9;1,2,3,4\n")
    expect_identical(quiet(file)$v_call, "TRBV7-9")
    for (columns in list(NULL, c(junction_aa = "cdr3"))) {
        file <- file_of("sep=;\ncdr3,v_gene\nCASSF,TRBV7-9\n")
        expect_error(quiet(file, columns = columns),
            "\"sep=;\" says; its header is divided by \",\"",
            class = "clustcr_error_format")
    }
    # Of one column nothing is divided.
    expect_identical(quiet(file_of("sep=;\ncdr3\nCASSF\n"))$junction_aa,
        "CASSF")
    file <- table_of("Seq. Count" = c(3, 4), "AA Sequence" = two,
        "V segments" = c("TRBV12-4, TRBV12-3", "TRBV13"), top = "#x")
    expect_identical(quiet(file)$v_call, c("TRBV12-4,TRBV12-3", "TRBV13"))
    hash <- sub("Seq. Count", "#Seq. Count", readLines(file))
    expect_equal(quiet(file_of(paste0(hash, "\n", collapse = "")))$
        duplicate_count, c(3, 4))
    file <- table_of(cdr3 = two, v = "TRBV1", sep = ",",
        top = c("Patient 1, day 0", "made, by, nobody", ""))
    expect_identical(quiet(file)$junction_aa, two)
    expect_match(told(file), "header is line 4")
    expect_identical(quiet(file, skip = 3), quiet(file))
})

test_that("a table without a header is read by its values, or the user's", {
    rows <- paste0("TGTGCCAGCAGC\t", two, "\tTRBV7-9*01\tTRBJ2-7*01\t", 3:4,
        "\n", collapse = "")
    found <- quiet(file_of(rows))
    expect_identical(found$junction_aa, two)
    expect_identical(found$v_call, rep("TRBV7-9*01", 2))
    expect_identical(found$j_call, rep("TRBJ2-7*01", 2))
    for (count in list("V5", 5)) {
        expect_equal(quiet(file_of(rows), header = FALSE, columns = list(
            duplicate_count = count))$duplicate_count, 3:4)
    }
    both <- file_of(paste0(two, ",", rev(two), "\n", collapse = ""))
    expect_error(quiet(both), "columns 1 and 2 both look like `junction_aa`",
        class = "clustcr_error_format")
    expect_identical(quiet(both, columns = list(junction_aa = 2))$junction_aa,
        rev(two))
    expect_error(quiet(both, columns = list(junction_aa = 3)), "has 2",
        class = "clustcr_error_format")
})

test_that("two columns of one name are an error, where one is wanted", {
    file <- file_of("junction_aa\tv_call\tv_call\tnote\tnote\n",
        "CASSF\tTRBV1\tTRBV2\ta\tb\n")
    expect_error(readRepertoire(file),
        "one column `v_call`.*2 times \\(columns 2, 3\\)",
        class = "clustcr_error_format")
    expect_identical(quiet(file, columns = list(v_call = 3))$v_call, "TRBV2")
    expect_identical(
        quiet(file_of("junction_aa\tnote\tnote\nCASSF\ta\tb\n"))$junction_aa,
        "CASSF"
    )
})

test_that("CDR3s of IMGT's definition are completed, and told", {
    file <- file_of("sequence_id\tv_call\tj_call\tcdr3_aa\tproductive\n",
        "s\tTRBV7-9*01\tTRBJ2-7*01\tASSLGQAYEQY\tT\n")
    expect_identical(quiet(file)$junction_aa, "CASSLGQAYEQYF")
    expect_match(told(file), "added at the ends of 1 CDR3")
    # Without a J gene the locus tells.
    file <- file_of("sequence_id\tv_call\tcdr3_aa\tproductive\n",
        "s\tTRBV7-9*01\tASSLGQAYEQY\tT\n")
    expect_identical(quiet(file)$junction_aa, "CASSLGQAYEQYF")
    expect_match(told(file), "1 CDR3 (C; F or W by the J gene, else the locus",
        fixed = TRUE)
    # Where there are junctions, they count.
    file <- file_of("cdr3_aa\tjunction_aa\tv_call\nASSF\tCASSFF\tTRBV1\n")
    expect_identical(quiet(file)$junction_aa, "CASSFF")
})

# A row without a junction has that of its `cdr3_aa`, with the ends that its J
# gene has.
test_that("a blank junction is filled by the row", {
    rows <- data.frame(
        junction_aa = c("CASSLGQAYEQYF", "", "NA", "", "", "", "", "", ""),
        cdr3_aa = c("ASSXXXXXEQY", "ASSPNTEAF", "AVMDSNYQLI", "ASSIRSSYEQY",
            "", "AVDDDDDDDD", "AVMDSNYQLI", "ASSL*GELF", "ASSDDDDDD"),
        v_call = c(rep("TRBV7-9", 2), "TRAV1-2", "TRBV6-2", "TRBV6-2",
            "TRAV1-2", "", "TRBV6-2", "TRBV6-2"),
        j_call = c("TRBJ2-7", "TRBJ1-1*01", "TRAJ33", "TRBJ2-7", "TRBJ2-7", "",
            "", "TRBJ2-2", ""),
        productive = c("T", "T", "T", "F", "T", "T", "T", "T", "T")
    )
    file <- do.call(table_of, rows)
    found <- quiet(file)
    expect_identical(found$junction_aa, c("CASSLGQAYEQYF", "CASSPNTEAFF",
        "CAVMDSNYQLIW", "CAVMDSNYQLIW", "CASSL*GELFF", "CASSDDDDDDF"))
    expect_identical(skipped_of(found),
        c(non_productive = 1, no_cdr3 = 1, unknown_ends = 1))
    expect_match(told(file), paste0("1 whose CDR3 has ends that nothing tells",
        ".*added at the ends of 5 CDR3s.*junction_aa \\(`cdr3_aa` in 7 of ",
        "all 9 rows"))
    # Also a row at a time, by the core where nothing is filled.
    for (size in c(1, 4)) {
        parts <- read_parts(file, size)
        expect_equal(without_attributes(parts), without_attributes(found))
        expect_identical(skipped_of(parts), skipped_of(found))
    }
    filled <- replace(rows$junction_aa, rows$junction_aa %in% c("", "NA"), "x")
    rows$junction_aa <- filled
    reader <- clustcr:::open_reader(do.call(table_of, rows), "auto",
        clustcr:::reading_options(), NULL, held = TRUE)
    expect_s3_class(reader$read(), "rows_in_core")
    reader$close()
    # The locus that is asked for, or a column of it, tells TRB's only residue.
    rows <- data.frame(junction_aa = "", cdr3_aa = "DDDDDD", v_call = "")
    expect_identical(skipped_of(quiet(do.call(table_of, rows))),
        c(unknown_ends = 1))
    expect_identical(quiet(do.call(table_of, rows), locus = "TRB")$
        junction_aa, "CDDDDDDF")
    rows$locus <- "IGH"
    expect_identical(quiet(do.call(table_of, rows))$junction_aa, "CDDDDDDW")
    x <- suppressMessages(clusterRepertoires(file, v_gene = "none"))
    expect_identical(clusterAudit(x)$non_productive, 1)
})

test_that("CDR3s without their ends are told where no name says so", {
    v <- c("TRBV7-9", "TRBV6-1")
    bare <- substr(two, 2, nchar(two) - 1)
    expect_match(told(table_of(cdr3 = bare, v_gene = v)),
        "Most CDR3s are without their conserved ends")
    expect_no_match(told(table_of(cdr3 = two, v_gene = v)), "conserved")
})

test_that("genes that are none are told with an example", {
    file <- table_of(junction_aa = two, v_call = c("Vb13.1", "TRBV1"))
    expect_match(told(file), "1 name of a gene is none of IMGT's.*`Vb13.1`")
    expect_identical(quiet(file)$v_call, c("Vb13.1", "TRBV1"))
})

test_that("the small cases of public reports", {
    skip_without_shared()
    read <- function(name, ...) {
        quiet(shared_path("cases", "reading", name), ...)
    }
    expect_identical(read("3.tsv")$v_call, c("TRBV6-2,TRBV6-3",
        "TRBV12-3,TRBV12-4", "TRBV12-3*01", "TRBV20-1,TRBV20/OR9-2"))
    for (name in c("4.tsv", "5.tsv")) {
        expect_identical(nrow(neighborGraph(read(name), v_gene = "gene")), 0L)
        expect_identical(nrow(neighborGraph(read(name))), 1L)
        expect_match(read(name)$j_call, "^TRBJ2-7")
    }
    expect_equal(read("9.tsv")$duplicate_count, c(7, 2))
    expect_identical(nrow(read("17.csv")), 2L)
    expect_identical(clustcr:::gene_level(read("18.tsv")$v_call, "family"),
        c("TRBV12", "TRBV12", "TRBV6"))
    for (name in c("19.txt", "21.csv", "22.tsv")) {
        expect_identical(nrow(read(name)), c("19.txt" = 2L, "21.csv" = 1L,
            "22.tsv" = 2L)[[name]])
        expect_true(all(nzchar(read(name)$v_call)))
    }
    expect_identical(read("28.tsv")$junction_aa, "CASSLGQAYEQYF")
})

test_that("clusterRepertoires() tells columns once, and where no V gene is", {
    folder <- withr::local_tempdir()
    write <- function(name, header, v) {
        writeLines(c(header, paste(two, v, sep = "\t")),
            file.path(folder, name))
    }
    write("a.tsv", "junction_aa\tTRBV_gene", "TRBV7-9")
    write("b.tsv", "junction_aa\tTRBV_gene", "TRBV7-9")
    said <- capture_messages(x <- clusterRepertoires(folder))
    expect_match(said, "v_call is `TRBV_gene`", fixed = TRUE, all = FALSE)
    expect_identical(sum(lengths(regmatches(said, gregexpr("Columns", said)))),
        1L)
    write("c.tsv", "junction_aa\tnote", "x")
    said <- capture_messages(clusterRepertoires(folder))
    expect_match(said, "No V gene was found in \"c\": with `v_gene` = \"gene\"",
        fixed = TRUE, all = FALSE)
    expect_match(said, "'a.tsv' and 1 other: columns", fixed = TRUE,
        all = FALSE)
    expect_no_match(capture_messages(clusterRepertoires(folder,
        v_gene = "none")), "a group of their own")
    # Headless files of a cohort, by the same arguments.
    writeLines(paste(two, 3:4, sep = "\t"), file.path(folder, "a.tsv"))
    directory <- withr::local_tempfile()
    read <- function(...) {
        suppressMessages(clusterRepertoires(file.path(folder, "a.tsv"),
            directory = directory, header = FALSE, v_gene = "none", ...))
    }
    x <- read(columns = list(duplicate_count = 2))
    expect_identical(nrow(as.data.frame(x)), 2L)
    expect_error(suppressMessages(clusterRepertoires(
        file.path(folder, "a.tsv"), directory = directory, v_gene = "none",
        columns = list(duplicate_count = 2))), "`header` must be FALSE")
})

test_that("a blank is filled from the next usual column, whatever it says", {
    right <- list(locus = c("TRB", "TRA"), productive = c("TRUE", "FALSE"),
        cell_id = c("AAAC-1", "AAAG-1"), sequence_id = c("c1", "c2"),
        repertoire_id = c("s1", "s2"))
    others <- list(locus = c("chain", "chain_type"),
        productive = c("isProductive", "frame_type"),
        cell_id = c("barcode", "cell_barcode"),
        sequence_id = c("contig_id", "contig"),
        repertoire_id = c("sample_id", "donor"))
    for (name in names(right)) {
        for (other in others[[name]]) {
            read <- function(values) {
                file <- do.call(table_of, c(list(junction_aa = two), values))
                as.list(quiet(file, locus = c("TRA", "TRB"),
                    productive = FALSE))[[name]]
            }
            direct <- read(stats::setNames(right[name], name))
            for (blank in c("", "NA", "None")) {
                expect_identical(read(stats::setNames(
                    list(rep(blank, 2), right[[name]]), c(name, other))),
                    direct, info = paste(name, other))
                expect_identical(read(stats::setNames(
                    list(c(right[[name]][1], blank), right[[name]][2:1],
                        c("", right[[name]][2])),
                    c(name, "nothing", other))), direct)
            }
        }
    }
    # What was left out by it was kept.
    file <- table_of(junction_aa = two, locus = c("", ""),
        chain = c("TRA", "TRB"))
    expect_identical(quiet(file, locus = "TRB")$junction_aa, two[2])
    file <- table_of(junction_aa = two, productive = c("", ""),
        frame_type = c("In", "Out"))
    expect_identical(quiet(file)$junction_aa, two[1])
    # A kind of cells is none.
    file <- table_of(junction_aa = two, cell_id = c("", ""), cell = "CD8")
    expect_identical(quiet(file)$cell_id, c("", ""))
})

test_that("dots that may stand before thousands are asked about", {
    file <- withr::local_tempfile(fileext = ".csv")
    write <- function(separator, ...) {
        writeLines(c(paste("CDR3", "V", "count", sep = separator),
            paste(c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASSAGQAYEQYF"),
                "TRBV7-9", c(...), sep = separator)), file)
        file
    }
    counts <- function(...) {
        suppressMessages(readRepertoire(write(...)))$duplicate_count
    }
    for (read in list(readRepertoire, clusterRepertoires)) {
        error <- expect_error(suppressMessages(read(write(";", "10",
            "1.234", "10.500"))), "\"1.234\" \\(line 3\\) is 1234 or a bit",
            class = "clustcr_error_format")
    }
    expect_identical(nrow(suppressMessages(readRepertoire(file,
        columns = c(duplicate_count = "")))), 3L)
    # The same in parts, where each may say something else.
    expect_error(suppressMessages(readRepertoire(file, chunk_size = 1,
        callback = identity)), "line 3", class = "clustcr_error_format")
    one <- function(...) {
        found <- numeric()
        suppressMessages(readRepertoire(write(...), chunk_size = 1,
            callback = function(x) found <<- c(found, x$duplicate_count)))
        found
    }
    expect_equal(one(";", "1000", "1.234", "2"), c(1000, 1, 2))
    # What can't be thousands, and other separators.
    expect_equal(counts(";", "10", "1.25", "10.500"), c(10, 1, 10))
    expect_equal(counts(";", "1000", "1.234", "2"), c(1000, 1, 2))
    expect_equal(counts("\t", "10", "1.234", "2"), c(10, 1, 2))
    expect_equal(counts(";", "10", "", "2"), c(10, NA, 2))
})

test_that("a comment with as many fields is the header of the rows", {
    file <- withr::local_tempfile(fileext = ".tsv")
    writeLines(c("# made by a program",
        "#Seq. Count\tAmino Acid Sequence\tSegment\tX",
        "3\tCASSLGQAYEQYF\tTRBV7-9\t1", "4\tCASSPGQAYEQYF\tTRBV7-9\t2"),
        file)
    expect_message(found <- readRepertoire(file),
        "header is the comment in line 2.*duplicate_count is `Seq. Count`")
    expect_equal(found, data.frame(junction_aa = c("CASSLGQAYEQYF",
        "CASSPGQAYEQYF"), v_call = "TRBV7-9", duplicate_count = 3:4),
        ignore_attr = TRUE)
    # One with fewer is none.
    writeLines(c("#Seq. Count\tAmino Acid Sequence",
        "3\tCASSLGQAYEQYF\tTRBV7-9\t1"), file)
    expect_identical(names(suppressMessages(readRepertoire(file))),
        c("junction_aa", "v_call"))
})

test_that("tables of TCRdb, ImReP, GLIPH and IMGT are known by their names", {
    v <- c("TRBV7-9", "TRBV12-3;TRBV12-4")
    found <- quiet(table_of(RunId = "SRR1", AASeq = two, Vregion = v,
        Jregion = "TRBJ2-7", cloneFraction = 0.1, sep = ","))
    expect_identical(as.list(without_attributes(found)), list(
        junction_aa = two, v_call = c("TRBV7-9", "TRBV12-3,TRBV12-4"),
        j_call = rep("TRBJ2-7", 2), repertoire_id = rep("SRR1", 2)))
    found <- quiet(table_of(CDR3_AA_Seq = two, Read_count = 3:4, V_chains = v,
        J_chains = "TRBJ2-7", sep = ","))
    expect_identical(found$v_call, c("TRBV7-9", "TRBV12-3,TRBV12-4"))
    expect_identical(found$duplicate_count, 3:4)
    expect_identical(found$j_call, rep("TRBJ2-7", 2))
    file <- table_of(CDR3b = two, TRBV = v, TRBJ = "TRBJ2-7", CDR3a = "NA",
        `subject:condition` = c("P1:x", "P2:x"), count = 1:2)
    expect_identical(quiet(file)$repertoire_id, c("P1:x", "P2:x"))
    x <- suppressMessages(clusterRepertoires(file))
    expect_identical(clusterSamples(x)$repertoire_id, c("P1:x", "P2:x"))
    found <- quiet(table_of(AA_seq = two, V_gene_family = c("TRBV7", "TRBV6"),
        `Read Count` = 1:2))
    expect_identical(found$v_call, c("TRBV7", "TRBV6"))
    expect_error(readRepertoire(table_of(`Chain 1 - Type` = "alpha",
        `Chain 2 - Type` = "beta", `Chain 2 - CDR3 Curated` = two, sep = ",")),
        "an export of the IEDB; read it by readAntigenReference\\(\\)",
        class = "clustcr_error_format")
})

test_that("a column that may be of counts is told", {
    for (name in c("n_cells_in_clone", "size", "Clones of cell",
        "n molecules")) {
        columns <- stats::setNames(list(two, "TRBV7-9", 3:4), c("cdr3",
            "v_gene", name))
        expect_match(told(do.call(table_of, columns)), paste0(
            "Left, but like one of ours: `", name, "` \\(counts\\)"))
    }
    expect_no_match(told(table_of(cdr3 = two, v_gene = "TRBV2", vend = 9)),
        "Left")
    # Without a header by the values.
    file <- file_of("CASSLGQAYEQYF\tTRBV7-9\t0.5\t12\n",
        "CASSLGQGYEQYF\tTRBV7-9\t0.25\t4\n")
    expect_match(told(file),
        "Left, but like one of ours: `V4` \\(counts\\); `columns` takes them")
    expect_identical(quiet(file, columns = list(duplicate_count = 4))$
        duplicate_count, c(12L, 4L))
})

test_that("what is said of a file is right of one row and of small letters", {
    file <- table_of(cdr3 = tolower(two[1]), v_gene = "TRBV7-9")
    expect_match(told(file), ": 1 of 1 row[.] Columns: ")
    expect_no_match(told(file), "conserved ends")
    expect_error(readRepertoire(table_of(cdr3 = two, count = c("1,234", "2"))),
        "not \"1,234\" \\(line 2\\)[.] Write counts without commas",
        class = "clustcr_error_format")
})

test_that("IMGT's residues are read, and its nucleotides refused", {
    header <- paste(c("Sequence number", "Sequence ID",
        "V-DOMAIN Functionality", "V-GENE and allele", "J-GENE and allele",
        "CDR3-IMGT", "JUNCTION"), collapse = "\t")
    genes <- "Homsap TRBV7-9*01 F\tHomsap TRBJ2-7*01 F\t"
    found <- quiet(file_of(header, "\n1\ts1\tproductive\t", genes,
        "ASSLGQAYEQY\tCASSLGQAYEQYF\n2\ts2\tunproductive (see comment)\t",
        genes, "ASS*GQAYEQY\tCASS*GQAYEQYF\n"))
    expect_identical(as.list(without_attributes(found)), list(
        junction_aa = "CASSLGQAYEQYF", v_call = "TRBV7-9*01",
        j_call = "TRBJ2-7*01", sequence_id = "s1", productive = TRUE))
    expect_identical(skipped_of(found), c(non_productive = 1))
    expect_identical(attr(found, "format"), "imgt")
    dna <- "tgtgccagcagcttaggacaggcctacgagcagtacttc"
    expect_error(quiet(file_of(header, "\n1\ts1\tproductive\t", genes,
        substr(dna, 4, 36), "\t", dna, "\n")), "is of nucleotides",
        class = "clustcr_error_format")
})

test_that("tables of kits are known, and a header in the midst is told", {
    for (names in list(c("CDR3 Amino Acid Seq", "V segment", "UMI Count"),
        c("CDR3(pep)", "V", "copy"), c("CDR3 AA", "V gene", "Total counts"),
        c("cdr3 (aa)", "v gene", "number of sequences"))) {
        file <- do.call(table_of, stats::setNames(list(two, "TRBV7-9", 3:4),
            names))
        found <- quiet(file)
        expect_identical(as.list(without_attributes(found)), list(
            junction_aa = two, v_call = rep("TRBV7-9", 2),
            duplicate_count = 3:4), info = names[1])
    }
    expect_error(quiet(table_of(cdr3 = c(two, "cdr3", two),
        count = c(1, 2, "count", 3, 4))),
        "\"count\" \\(line 4\\)[.] Is it a header",
        class = "clustcr_error_format")
})

# Every way in takes the same forms of data: graph, profiles, fit, batches.

valid <- function() random_cdr3(60, 81)

fit_mcl <- function(data, ...) Clustering(method = "mcl", ...)$fit(data)

# A run with room for sequences of up to 20 residues.
batch_run <- function(...) {
    Clustering(
        faiss_training_data = valid(), faiss_cluster_size = 20,
        max_sequence_size = 20, ...
    )
}

# What can't be clustered, by the name that audits have for it.
problems <- function() {
    latin1 <- "CASS\xe9F"
    Encoding(latin1) <- "latin1"
    bytes <- "CASS\xffF"
    Encoding(bytes) <- "bytes"
    list(
        missing = NA_character_,
        empty = "",
        stop_codon = c("CASS*F", "*", "cas*_", "C_S*"),
        out_of_frame = c("CASS_F", "_", "cas_", "CA_\u00e9"),
        lower_case = c("cassf", "CASSf", "cass f"),
        not_amino_acid = c(
            "CASSXF", "CASBF", "CAZF", "CAJF", "CAOF", "CAUF", "CASS F", " ",
            "CASSF\n", "CASSF\r", "CAS\nSF", "CAS\tSF", "CASSF1", "CASS-F",
            "CAS\u00c5SF", "\u00c5", "\U1F9EC", latin1, "CASS\xffF", bytes,
            "\ufeffCASSF", "CAS\u200bSF", strrep("X", 1e6)
        ),
        too_long = c(strrep("A", 21), strrep("CASSF", 2e5))
    )
}

test_that("all forms of data give the same", {
    junction_aa <- valid()
    table <- data.frame(junction_aa = junction_aa, other = 1)
    forms <- list(
        factor(junction_aa, levels = rev(unique(junction_aa))), table,
        data.frame(junction_aa = factor(junction_aa)),
        data.table::as.data.table(table),
        setNames(junction_aa, seq_along(junction_aa)),
        structure(table, class = c("tbl_df", "tbl", "data.frame"))
    )
    if (requireNamespace("S4Vectors", quietly = TRUE)) {
        forms <- c(
            forms, S4Vectors::DataFrame(table),
            S4Vectors::DataFrame(junction_aa = factor(junction_aa)),
            S4Vectors::DataFrame(junction_aa = S4Vectors::Rle(junction_aa))
        )
    }
    if (requireNamespace("Biostrings", quietly = TRUE)) {
        frame <- S4Vectors::DataFrame(n = seq_along(junction_aa))
        frame$junction_aa <- Biostrings::AAStringSet(junction_aa)
        forms <- c(forms, frame, Biostrings::BStringSet(junction_aa))
        forms <- c(forms, Biostrings::AAStringSet(junction_aa))
        named <- setNames(junction_aa, seq_along(junction_aa))
        forms <- c(forms, Biostrings::AAStringSet(named))
    }
    graph <- hammingGraph(junction_aa)
    profiles <- encodeCdr3(junction_aa, 20)
    fitted <- as.data.frame(fit_mcl(junction_aa))
    centroids <- batch_run()$centroids
    expect_gt(nrow(graph), 10)
    for (form in forms) {
        expect_identical(hammingGraph(form), graph)
        expect_identical(encodeCdr3(form, 20), profiles)
        expect_identical(as.data.frame(fit_mcl(form)), fitted)
        run <- Clustering(
            faiss_training_data = form, faiss_cluster_size = 20,
            max_sequence_size = 20
        )
        expect_identical(run$centroids, centroids)
    }
})

test_that("all forms of data make the same batch", {
    junction_aa <- valid()
    forms <- list(
        junction_aa, factor(junction_aa), data.frame(junction_aa = junction_aa),
        data.table::data.table(junction_aa = junction_aa)
    )
    if (requireNamespace("Biostrings", quietly = TRUE)) {
        forms <- c(forms, Biostrings::AAStringSet(junction_aa))
    }
    found <- lapply(forms, function(form) {
        run <- batch_run()
        withr::defer(run$batch_cleanup())
        run$batch_precluster(form)
        list(as.data.frame(run$audit()), run$batch_cluster())
    })
    expect_identical(found[[1]][[1]]$accepted, 60)
    for (other in found[-1]) expect_identical(other, found[[1]])
})

test_that("forms without sequences have an empty result", {
    for (none in list(
        character(), factor(character()),
        data.frame(junction_aa = character()),
        data.table::data.table(junction_aa = character()),
        data.frame(junction_aa = logical())
    )) {
        expect_identical(nrow(hammingGraph(none)), 0L)
        expect_identical(dim(encodeCdr3(none, 10)), c(0L, 40L))
        expect_identical(nrow(as.data.frame(fit_mcl(none))), 0L)
    }
})

test_that("what is no form of data is refused by its name", {
    junction_aa <- c("CASSF", "CASRF")
    wrong <- list(
        NULL, 1, 1:3, TRUE, NA, list(), as.list(junction_aa),
        list(junction_aa = junction_aa), sum, quote(CASSF), as.raw(1),
        Sys.time(), new.env(), matrix(1:4, 2), 1i, matrix(junction_aa, 1),
        matrix(junction_aa, 2)
    )
    if (requireNamespace("Biostrings", quietly = TRUE)) {
        wrong <- c(
            wrong, Biostrings::DNAStringSet(c("CAGT", "CAGG")),
            Biostrings::RNAStringSet("CAGU")
        )
    }
    run <- batch_run()
    for (bad in wrong) {
        for (call in list(
            hammingGraph, function(x) encodeCdr3(x, 10), fit_mcl,
            run$batch_precluster
        )) {
            expect_error(
                call(bad), "`data` must be",
                class = "clustcr_error_invalid_argument"
            )
        }
    }
})

test_that("tables must have a column of text", {
    for (bad in list(
        data.frame(), data.frame(cdr3 = "CASSF"), data.frame(junction_aa = 1),
        data.frame(junction_aa = I(list("CASSF"))),
        data.frame(junction_aa = TRUE), data.frame(junction_aa = Sys.Date()),
        data.table::data.table(), data.table::data.table(junction_aa = 1L)
    )) {
        for (call in list(hammingGraph, fit_mcl)) {
            expect_error(
                call(bad), "`junction_aa`",
                class = "clustcr_error_invalid_argument"
            )
        }
    }
})

test_that("a column is one column of text, by its whole name", {
    table <- data.frame(n = 1:2)
    table$junction_aa <- matrix(c("CASSF", "CASRF", "A", "C"), 2)
    for (call in list(hammingGraph, fit_mcl)) {
        expect_error(
            call(table), "`junction_aa` of `data` must be text, not a matrix",
            class = "clustcr_error_invalid_argument"
        )
        expect_error(
            call(data.frame(junction_aa_x = "CASSF")),
            "it has `junction_aa_x`", class = "clustcr_error_invalid_argument"
        )
    }
    # A matrix of one column is one.
    table$junction_aa <- matrix(c("CASSF", "CASRF"), 2)
    expect_identical(nrow(hammingGraph(table)), 1L)
})

test_that("v_call must be text of which the bytes mean something", {
    bytes <- "TRBV\xe9"
    Encoding(bytes) <- "bytes"
    latin1 <- "TRBV\xe9"
    Encoding(latin1) <- "latin1"
    run <- batch_run()
    withr::defer(run$batch_cleanup())
    for (bad in list(
        list("TRBV1", "TRBV2"), 1:2, c("TRBV1", bytes), matrix("V", 2, 2),
        c(TRUE, FALSE), complex(2), as.raw(1:2), Sys.time() + 1:2
    )) {
        table <- data.frame(junction_aa = c("CASSF", "CASRF"))
        table$v_call <- bad
        expect_error(
            run$batch_precluster(table), "`v_call` of `data` must be text",
            class = "clustcr_error_invalid_argument"
        )
    }
    for (good in list(
        factor(c("TRBV1", "TRBV2")), c(NA, "TRBV1"), c(NA, NA),
        c(latin1, "TRBV1")
    )) {
        table <- data.frame(junction_aa = c("CASSF", "CASRF"), v_call = good)
        expect_silent(run$batch_precluster(table))
    }
    expect_equal(sum(as.data.frame(run$audit())$accepted), 8)
})

test_that("counts are exact, or refused", {
    skip_if_not_installed("bit64")
    counts <- function(...) {
        clustcr:::check_counts(bit64::as.integer64(c(...)), "data")
    }
    expect_identical(counts("3", NA, "9007199254740992"), c(3, NA, 2^53))
    for (bad in c("9007199254740993", "-1", "9223372036854775807")) {
        expect_error(counts("1", bad), "2\\^53",
            class = "clustcr_error_invalid_argument")
    }
    without_package("bit64")
    expect_error(counts("1"), "bit64", class = "clustcr_error_missing_package")
})

test_that("duplicate_count must hold whole numbers", {
    for (bad in list(
        -1, 0.5, Inf, 2^54, "3", TRUE + 1i, factor(3), Sys.time(), list(3)
    )) {
        run <- batch_run()
        expect_error(
            run$batch_precluster(structure(
                list(junction_aa = "CASSF", duplicate_count = bad),
                class = "data.frame", row.names = 1L
            )),
            "`duplicate_count` of `data`",
            class = "clustcr_error_invalid_argument"
        )
        run$batch_cleanup()
    }
})

test_that("what can't be clustered is skipped and counted by its problem", {
    junction_aa <- valid()
    for (problem in names(problems())) {
        bad <- problems()[[problem]]
        run <- batch_run()
        expect_message(
            run$batch_precluster(c(bad, junction_aa, bad), name = "one"),
            paste0("Skipped ", 2 * length(bad), " of .*",
                gsub("_", " ", problem)),
            class = "clustcr_message_skipped"
        )
        audit <- as.data.frame(run$audit())
        expect_equal(audit$given, 60 + 2 * length(bad))
        expect_equal(audit$accepted, 60)
        expect_equal(audit[[problem]], 2 * length(bad))
        run$batch_cleanup()
    }
})

test_that("what is skipped changes no result", {
    junction_aa <- valid()
    expected <- as.data.frame(fit_mcl(junction_aa))
    # Without k-means no sequence is too long.
    bad <- problems()
    bad <- unlist(bad[names(bad) != "too_long"], use.names = FALSE)
    expect_message(
        found <- fit_mcl(c(bad, junction_aa)), "Skipped",
        class = "clustcr_message_skipped"
    )
    expect_identical(as.data.frame(found), expected)
    expect_message(
        nothing <- fit_mcl(bad), "Skipped", class = "clustcr_message_skipped"
    )
    expect_identical(nrow(as.data.frame(nothing)), 0L)
    expect_identical(nothing$receptors, 0L)
})

test_that("with invalid = \"error\" the first such sequence is named", {
    strict <- function(...) batch_run(invalid = "error")
    for (problem in names(problems())) {
        for (bad in problems()[[problem]]) {
            data <- c("CASSF", "CASRF", bad, bad)
            pattern <- paste0("number 3, .*\\(", gsub("_", " ", problem))
            run <- strict()
            for (call in list(run$batch_precluster, run$fit)) {
                # R 4.3 and newer warn of text that is no UTF-8.
                expect_warning(expect_error(
                    call(data), pattern,
                    class = "clustcr_error_invalid_sequence"
                ), NA)
            }
            expect_error(
                encodeCdr3(data, 20), pattern,
                class = "clustcr_error_invalid_sequence"
            )
            if (problem != "too_long") {
                expect_error(
                    hammingGraph(data), pattern,
                    class = "clustcr_error_invalid_sequence"
                )
            }
            run$batch_cleanup()
        }
    }
})

test_that("nothing of a batch that was refused is kept", {
    run <- batch_run(invalid = "error")
    run$batch_precluster(valid(), name = "good")
    expect_error(
        run$batch_precluster(c(valid(), NA), name = "bad"),
        class = "clustcr_error_invalid_sequence"
    )
    expect_identical(run$batches()$repertoire_id, "good")
    expect_equal(as.data.frame(run$audit())$accepted, 60)
    run$batch_cleanup()
})

test_that("sequences of up to 1000 residues are compared like any other", {
    long <- strrep("CASSF", 200)
    near <- sub("F$", "Y", long)
    expect_identical(
        hammingGraph(c(near, "CASSF", long)),
        data.frame(from = long, to = near)
    )
})

test_that("a huge sequence is refused, or skipped, in a short message", {
    huge <- strrep("CASSF", 2e5)
    refusal <- expect_error(
        hammingGraph(c("CASSF", huge)), "too long",
        class = "clustcr_error_invalid_sequence"
    )
    expect_lt(nchar(conditionMessage(refusal)), 300)
    expect_message(
        found <- fit_mcl(c("CASSF", huge, "CASSY")), "1 too long",
        class = "clustcr_message_skipped"
    )
    expect_identical(as.data.frame(found)$junction_aa, c("CASSF", "CASSY"))
})

test_that("an AAStringSet may hold letters that can't be clustered", {
    skip_if_not_installed("Biostrings")
    set <- Biostrings::AAStringSet(c("CASSF", "CAS*F", "", "CASXF", "CASRF"))
    expect_message(
        found <- fit_mcl(set), "Skipped 3 of 5",
        class = "clustcr_message_skipped"
    )
    expect_identical(as.data.frame(found)$junction_aa, c("CASRF", "CASSF"))
    expect_error(
        hammingGraph(set), "number 2, \"CAS\\*F\".*stop codon",
        class = "clustcr_error_invalid_sequence"
    )
})

test_that("nucleotides are refused by all that takes sequences", {
    nt <- c("TGTGCCAGCAGCTTAGGGCAGGCTTACGAGCAGTACTTC",
        "TGTGCCAGCAGCTTAGGGCAGACTTACGAGCAGTACTTC")
    fit_of <- Clustering(method = "mcl")
    aa <- c("CASSLGQAYEQYF", "CASSLGQGYEQYF")
    clusters <- fit_of$fit(aa)
    doors <- list(
        function(x) fit_of$fit(x),
        function(x) {
            Clustering(method = "mcl", directory = tempfile())$
                batch_precluster(x, "a")
        },
        function(x) neighborGraph(x),
        function(x) hammingGraph(x),
        function(x) encodeCdr3(x, 60),
        function(x) assignClusters(clusters, x)
    )
    forms <- list(nt, tolower(nt), factor(nt), data.frame(junction_aa = nt))
    if (requireNamespace("Biostrings", quietly = TRUE)) {
        forms <- c(forms, Biostrings::AAStringSet(nt))
    }
    for (i in seq_along(doors)) {
        for (form in forms) {
            expect_error(doors[[i]](form), "nucleotides",
                class = "clustcr_error_invalid_argument", info = i)
        }
    }
    pairs <- data.frame(junction_aa_alpha = nt, junction_aa_beta = aa)
    expect_error(Clustering(method = "mcl", chain = "AB")$fit(pairs),
        "`junction_aa_alpha`.*nucleotides")
    expect_error(fit_of$fit(c(nt, aa, "CASSLGQAYEQFF")), "nucleotides")
    # One CDR3 of these letters among others, and short ones, are residues.
    expect_silent(neighborGraph(c(aa, "CATTAGGCATTAC")))
    expect_silent(neighborGraph(c("CATAG", "CATAC")))
})

test_that("a path is told to be one", {
    clusters <- Clustering(method = "mcl")$fit(c("CASSLGQAYEQYF",
        "CASSLGQGYEQYF"))
    for (path in c("a.tsv", "runs/a", "~/b.csv.gz", tempdir())) {
        for (door in list(
            function(x) Clustering(method = "mcl")$fit(x),
            function(x) assignClusters(clusters, x),
            function(x) neighborGraph(x),
            function(x) compareSettings(x)
        )) {
            expect_error(door(path), if (dir.exists(path))
                "is the path of a folder: clusterRepertoires"
                else "is the path of a file: readRepertoire",
                class = "clustcr_error_invalid_argument")
        }
    }
})

test_that("a table with two columns of one name is refused", {
    twins <- data.frame(junction_aa = "CASSF", junction_aa = "CASRF",
        check.names = FALSE)
    expect_error(neighborGraph(twins), "one column `junction_aa`; this has 2",
        class = "clustcr_error_invalid_argument")
})

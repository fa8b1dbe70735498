# Every place of the gap is tried, on the whole CDR3s; the costs are those of
# Biostrings' BLOSUM62 where it is there.
blosum_steps <- function() {
    if (!requireNamespace("Biostrings", quietly = TRUE)) return(NULL)
    found <- new.env()
    utils::data("BLOSUM62", package = "Biostrings", envir = found)
    scores <- if (is.null(found$BLOSUM62)) pwalign_scores() else found$BLOSUM62
    if (is.null(scores)) return(NULL)
    steps <- scores[residues, residues]
    steps[] <- pmin(4, 4 - steps)
    diag(steps) <- 0
    steps
}

# Where newer versions keep it.
pwalign_scores <- function() {
    if (!requireNamespace("pwalign", quietly = TRUE)) return(NULL)
    found <- new.env()
    utils::data("BLOSUM62", package = "pwalign", envir = found)
    found$BLOSUM62
}

naive_tcrdist <- function(a, b, steps) {
    a <- strsplit(a, "")[[1L]]
    b <- strsplit(b, "")[[1L]]
    if (length(a) > length(b)) return(naive_tcrdist(paste(b, collapse = ""),
        paste(a, collapse = ""), steps))
    compared <- function(x) {
        at <- seq_along(b)
        at <- at[at > 3 & at <= length(b) - 2 & x != "-"]
        sum(steps[cbind(x[at], b[at])])
    }
    more <- length(b) - length(a)
    if (more == 0) return(3 * compared(a))
    before <- min(5, length(a) %/% 2)
    3 * (4 * more + min(vapply(before:(length(a) - before), function(at) {
        compared(append(a, rep("-", more), at))
    }, 0)))
}

# Some of them without a letter, and others.
with_shorter <- function(junction_aa) {
    unique(c(junction_aa, vapply(seq_along(junction_aa), function(i) {
        at <- 4 + i %% 5
        paste0(substr(junction_aa[i], 1, at - 1),
            substring(junction_aa[i], at + 1))
    }, "")))
}

test_that("the distance is that of trying every gap with BLOSUM62", {
    steps <- blosum_steps()
    skip_if(is.null(steps), "Biostrings' BLOSUM62 is not there")
    a <- random_cdr3(400, 1, 6:18)
    b <- c(random_cdr3(200, 2, 6:18), substr(a[1:200], 1, nchar(a[1:200]) - 1))
    expected <- mapply(naive_tcrdist, a, b, MoreArgs = list(steps = steps),
        USE.NAMES = FALSE)
    expect_equal(tcrDistance(a, b), expected)
    expect_equal(tcrDistance(b, a), expected)
})

test_that("texts that can't be compared are NA or refused", {
    expect_identical(tcrDistance(c("CASSF", NA), "CASSF"), c(0L, NA))
    expect_identical(tcrDistance("CASSF:CASSF", "CASSF"), NA_integer_)
    expect_identical(tcrDistance("CASSLAAF:CASSF", "CASSIAAF:CASSF"),
        tcrDistance("CASSLAAF", "CASSIAAF"))
    expect_identical(tcrDistance(character(), "CASSF"), integer())
    wrong <- "clustcr_error_invalid_argument"
    expect_error(tcrDistance(1:2, "CASSF"), "`a`", class = wrong)
    expect_error(tcrDistance(c("CASSF", "CAF", "CAF"), c("CAF", "CAF")), "`b`",
        class = wrong)
    expect_error(tcrDistance("CASSF", "cassf"), "`b`",
        class = "clustcr_error_invalid_sequence")
})

test_that("neighbors are all pairs within the distance", {
    junction_aa <- with_shorter(random_cdr3(250, 3, 10:14))
    all <- t(utils::combn(sort(junction_aa, method = "radix"), 2L))
    distance <- tcrDistance(all[, 1L], all[, 2L])
    for (most in c(12, 18, 24)) {
        found <- neighborGraph(junction_aa, distance = "tcrdist",
            max_distance = most, v_gene = "none")
        near <- which(distance <= most)
        expect_gt(length(near), 50)
        expect_identical(found, data.frame(from = all[near, 1L],
            to = all[near, 2L], distance = distance[near]))
    }
})

test_that("the distance has its own defaults, which are told or refused", {
    rows <- data.frame(junction_aa = c("CASSLGQAYEQYF", "CASSIGQAYEQYF",
        "CASSLGQAYEQYF"), v_call = c("TRBV5-1", "TRBV5-1", "TRBV6-1"))
    found <- neighborGraph(rows, distance = "tcrdist")
    expect_identical(found$distance, 6L)
    expect_identical(found$v_call, "TRBV5-1")
    x <- Clustering(method = "mcl", distance = "tcrdist")
    expect_identical(c(x$max_distance, x$v_gene), c("12", "gene"))
    y <- Clustering(method = "mcl")
    expect_message(y$distance <- "tcrdist", "max_distance")
    expect_identical(y$max_distance, 12)
    expect_message(y$distance <- "hamming", "max_distance")
    expect_identical(y$max_distance, 1)
    # The same distance changes nothing.
    y$max_distance <- 2
    expect_silent(y$distance <- "hamming")
    expect_identical(y$max_distance, 2)
    expect_error(Clustering(distance = "tcrdist", max_distance = 25),
        "1 to 24", class = "clustcr_error_invalid_argument")
    expect_error(Clustering(max_distance = 12), "1 or 2",
        class = "clustcr_error_invalid_argument")
})

test_that("another distance for a store or a table has its own defaults", {
    rows <- data.frame(junction_aa = c("CASSLGQAYEQYF", "CASSIGQAYEQYF",
        "CASSIGQAYEQYF"), v_call = c("TRBV5-1", "TRBV5-1", "TRBV6-1"),
        cluster = 1)
    directory <- withr::local_tempdir()
    Clustering(method = "mcl", max_distance = 2, v_gene = "gene",
        directory = directory)$batch_precluster(rows)
    expect_message(again <- Clustering(directory = directory,
        distance = "tcrdist"), "max_distance")
    expect_identical(again$max_distance, 12)
    expect_identical(Clustering(directory = directory, distance = "hamming")$
        max_distance, 2)
    # The two left have different V genes.
    edges <- function(...) {
        nrow(clusterEdges(rows[-2L, ], distance = "tcrdist", ...))
    }
    expect_identical(edges(), 0L)
    expect_identical(edges(v_gene = "none"), 1L)
})

test_that("clusters are the same in memory, in batches and in parts", {
    rows <- data.frame(
        junction_aa = with_shorter(random_cdr3(400, 5, 11:14)),
        stringsAsFactors = FALSE
    )
    rows$v_call <- rep_len(c("TRBV5-1", "TRBV6-1"), nrow(rows))
    partition_of <- function(table) {
        key <- paste(table$junction_aa, table$v_call)
        unname(sort(vapply(split(key, table$cluster), function(x) {
            paste(sort(x, method = "radix"), collapse = " ")
        }, ""), method = "radix"))
    }
    for (method in c("mcl", "components")) {
        whole <- Clustering(method = method, distance = "tcrdist",
            max_distance = 18)$fit(rows)
        graph <- neighborGraph(rows, distance = "tcrdist", max_distance = 18)
        kept <- as.data.frame(whole)
        key <- paste(kept$junction_aa, kept$v_call)
        expect_setequal(key, unique(c(paste(graph$from, graph$v_call),
            paste(graph$to, graph$v_call))))
        for (limit in c("64MB", "1GB")) {
            x <- Clustering(method = method, distance = "tcrdist",
                max_distance = 18, n_cpus = 2, memory_limit = limit)
            x$batch_precluster(rows[1:300, ], "a")
            x$batch_precluster(rows[-(1:300), ], "b")
            found <- NULL
            while (!is.null(d <- x$batch_cluster())) found <- rbind(found, d)
            expect_identical(length(unique(found$cluster)),
                length(unique(kept$cluster)))
            expect_identical(partition_of(found), partition_of(kept))
            expect_equal(x$edges()$edges, nrow(graph))
            x$batch_cleanup()
        }
    }
})

v_distances <- function() {
    genes <- c("TRBV5-1", "TRBV6-1", "TRBV7-2")
    matrix(c(0, 4, 60, 4, 0, 9, 60, 9, 0), 3, dimnames = list(genes, genes))
}

test_that("distances of V genes are added, and count for candidates", {
    table <- v_distances()
    rows <- data.frame(junction_aa = with_shorter(random_cdr3(300, 7, 11:13)))
    genes <- c(rownames(table), "TRBV9")
    rows$v_call <- genes[1L + seq_len(nrow(rows)) %% 4L]
    all <- t(utils::combn(nrow(rows), 2L))
    v <- matrix(rows$v_call[all], ncol = 2L)
    known <- v[, 1L] %in% rownames(table) & v[, 2L] %in% rownames(table)
    apart <- ifelse(v[, 1L] == v[, 2L], 0, Inf)
    apart[known] <- table[v[known, ]]
    distance <- apart + tcrDistance(rows$junction_aa[all[, 1L]],
        rows$junction_aa[all[, 2L]])
    key <- function(i) paste(rows$junction_aa[i], rows$v_call[i])
    for (most in c(12, 18)) {
        expect_message(found <- neighborGraph(rows, distance = "tcrdist",
            max_distance = most, v_distance = table), "TRBV9")
        near <- distance <= most
        expect_gt(sum(near & apart > 0), 10)
        expected <- data.frame(a = key(all[near, 1L]), b = key(all[near, 2L]))
        swap <- expected$a > expected$b
        expected[swap, ] <- expected[swap, 2:1]
        a <- paste(found$from, found$v_call)
        b <- paste(found$to, found$v_call_to)
        expect_setequal(paste(pmin(a, b), pmax(a, b), found$distance),
            paste(pmin(expected$a, expected$b), pmax(expected$a, expected$b),
                distance[near]))
    }
    # Within clusters, in a store, and again from its folder.
    run <- Clustering(method = "components", distance = "tcrdist",
        v_distance = table)
    fit <- suppressMessages(run$fit(rows))
    suppressMessages(run$batch_precluster(rows))
    kept <- run$batch_cluster()
    expect_identical(as.data.frame(fit)$junction_aa, kept$junction_aa)
    graph <- suppressMessages(neighborGraph(rows, distance = "tcrdist",
        v_distance = table))
    expect_identical(nrow(clusterEdges(fit)), nrow(graph))
    expect_equal(run$edges()$edges, nrow(graph))
    run$batch_cleanup()
})

test_that("V genes that the table lacks are told wherever rows come in", {
    rows <- data.frame(junction_aa = random_cdr3(40, 9, 11:13), v_call =
        rep_len(c("TRBV5-1*01", "TRBV9", "TRAV1-1", "TRBV3-1", ""), 40))
    lacks <- "`v_distance` lacks 2 V genes, such as `TRBV3-1`"
    new <- function() {
        Clustering(method = "components", distance = "tcrdist",
            v_distance = v_distances())
    }
    run <- new()
    expect_message(run$fit(rows), lacks, fixed = TRUE)
    expect_message(run$batch_precluster(rows), lacks, fixed = TRUE)
    # Once for an object.
    said <- testthat::capture_messages(run$batch_precluster(rows))
    expect_false(any(grepl("v_distance", said)))
    expect_no_message(run$fit(rows$junction_aa[1:3]))
    invisible(run$batch_cluster())
    expect_message(run$assign_clusters(rows), lacks, fixed = TRUE)
    run$batch_cleanup()
    file <- withr::local_tempfile(fileext = ".tsv")
    utils::write.table(rows, file, sep = "\t", quote = FALSE,
        row.names = FALSE)
    run <- new()
    expect_message(run$batch_precluster_files(file), lacks, fixed = TRUE)
    run$batch_cleanup()
    folder <- file.path(withr::local_tempdir(), "run")
    expect_message(clusterRepertoires(file, directory = folder,
        distance = "tcrdist", v_distance = v_distances()), lacks, fixed = TRUE)
})

test_that("a table of V genes that is no distance is refused", {
    table <- v_distances()
    wrong <- function(v_distance, says, ..., fixed = FALSE) {
        expect_error(Clustering(distance = "tcrdist", v_distance = v_distance,
            ...), says, fixed = fixed, class =
            "clustcr_error_invalid_argument")
    }
    wrong(unname(table), "`v_distance`")
    wrong(`dimnames<-`(table, rep(list(c("", "TRBV1", "TRBV2")), 2)),
        "`v_distance`")
    wrong(`dimnames<-`(table, rep(list(c("TRBV1", NA, "TRBV2")), 2)),
        "`v_distance`")
    wrong(replace(table, 2, 5), "symmetric")
    wrong(replace(table, 1, 1), "symmetric")
    wrong(replace(table, 2, NA), "`v_distance`")
    wrong(replace(table, 2, 1.5), "1.5")
    wrong("TRBV1", "`v_distance`")
    wrong("TRBV1;x", "`v_distance`")
    wrong(table, "`v_gene`", v_gene = "none")
    alleles <- `dimnames<-`(table, rep(list(paste0(rownames(table), "*01")), 2))
    wrong(alleles, "TRBV5-1*01", fixed = TRUE)
    expect_s4_class(Clustering(distance = "tcrdist", v_distance = alleles,
        v_gene = "allele"), "Clustering")
    expect_error(Clustering(v_distance = table), "tcrdist",
        class = "clustcr_error_invalid_argument")
    expect_error(Clustering(weighted = TRUE), "tcrdist",
        class = "clustcr_error_invalid_argument")
})

test_that("MCL by weights is that of the definition", {
    rows <- data.frame(junction_aa = with_shorter(random_cdr3(200, 8, 11:13)),
        v_call = "TRBV5-1")
    graph <- neighborGraph(rows, distance = "tcrdist", max_distance = 24)
    graph$weight <- 1 - graph$distance / 27
    make <- function(weighted) {
        Clustering(method = "mcl", distance = "tcrdist", max_distance = 24,
            mcl_params = c(1.6, 2), weighted = weighted)
    }
    labels <- function(x, column) {
        x <- x[order(x[[column]], method = "radix"), ]
        match(x$cluster, unique(x$cluster))
    }
    found <- as.data.frame(make(TRUE)$fit(rows))
    expect_identical(labels(found, "junction_aa"),
        labels(naive_mcl(graph, 1.6, 2), "node"))
    plain <- as.data.frame(make(FALSE)$fit(rows))
    expect_false(identical(labels(found, "junction_aa"),
        labels(plain, "junction_aa")))
    run <- make(TRUE)
    run$batch_precluster(rows)
    expect_identical(labels(run$batch_cluster(), "junction_aa"),
        labels(found, "junction_aa"))
    run$batch_cleanup()
})

test_that("a CDR3 that is none is told by its number", {
    expect_error(tcrDistance("CASSLGQAYEQYF", c(NA, NA, "CASSLGQAYEQYF",
        "casslg")), "number 4, \"casslg\"", class = "clustcr_error")
    expect_error(tcrDistance("CAVF:CASSF", c(NA, "CAVF:CASSF", "C:1")),
        "number 3, \"C:1\"", class = "clustcr_error")
})

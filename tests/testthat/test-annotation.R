# Clusters and a reference that partly match.
annotated_case <- function(seed, n = 120) {
    withr::with_seed(seed, {
        junction_aa <- random_cdr3(n, seed, 7:8)
        list(
            clusters = data.frame(
                junction_aa = junction_aa[seq_len(n * 0.7)],
                v_call = sample(c("TRBV1*01", "TRBV2"), n * 0.7, TRUE),
                cluster = sample(1:12, n * 0.7, TRUE)
            ),
            reference = data.frame(
                junction_aa = sample(junction_aa[(n / 2):n], n, TRUE),
                v_call = sample(c("TRBV1", "TRBV2*02"), n, TRUE),
                label = sample(c("A", "B", "C"), n, TRUE, c(4, 2, 1))
            )
        )
    })
}

distance_of <- function(a, b) {
    if (nchar(a) != nchar(b)) return(Inf)
    sum(utf8ToInt(a) != utf8ToInt(b))
}

# All pairs compared, all counts by hand.
naive_annotation <- function(clusters, reference, most, v_gene) {
    rows <- list()
    gene <- function(x) sub("[*].*", "", x)
    reference$key <- paste(reference$junction_aa,
        if (v_gene) gene(reference$v_call))
    for (cluster in unique(clusters$cluster)) {
        own <- clusters[clusters$cluster == cluster, ]
        found <- merge(own, reference, by = NULL)
        d <- mapply(distance_of, found$junction_aa.x, found$junction_aa.y)
        keep <- d <= most & (!v_gene |
            gene(found$v_call.x) == gene(found$v_call.y))
        found <- found[keep, ]
        d <- d[keep]
        member <- paste(found$junction_aa.x,
            if (v_gene) gene(found$v_call.x))
        for (label in unique(found$label)) {
            at <- found$label == label
            rows[[length(rows) + 1]] <- data.frame(
                cluster = cluster, label = label,
                members = length(unique(member[at])),
                exact = length(unique(member[at & d == 0])),
                references = length(unique(found$key[at])),
                matched = length(unique(found$key)),
                labels = length(unique(found$label))
            )
        }
    }
    do.call(rbind, rows)
}

test_that("counts are those of comparing each pair", {
    for (seed in 1:3) {
        d <- annotated_case(seed)
        for (v_gene in c(FALSE, TRUE)) {
            for (most in 0:1) {
                found <- annotateClusters(d$clusters, d$reference,
                    v_gene = v_gene, distance = most, permutations = 0)
                expected <- naive_annotation(d$clusters, d$reference, most,
                    v_gene)
                expected <- expected[order(
                    match(expected$cluster, unique(d$clusters$cluster)),
                    -expected$references, expected$label
                ), ]
                expect_equal(as.list(found[names(expected)]),
                    as.list(expected), ignore_attr = TRUE)
                expect_equal(found$share, found$references / found$matched)
            }
        }
    }
})

test_that("p-values are those of shuffling labels within strata", {
    d <- annotated_case(4, 900)
    found <- annotateClusters(d$clusters, d$reference, permutations = 0)
    # The null by hand: who matches whom, and how often.
    entries <- unique(d$reference$junction_aa)
    near <- outer(seq_len(nrow(d$clusters)), seq_along(entries),
        Vectorize(function(i, j) {
            distance_of(d$clusters$junction_aa[i], entries[j]) <= 1
        }))
    degree <- colSums(near)
    used <- which(degree > 0)
    stratum <- degree_strata(degree[used], 50)
    expect_gt(length(unique(stratum)), 1)
    has <- vapply(c("A", "B", "C"), function(label) {
        entries[used] %in% d$reference$junction_aa[d$reference$label == label]
    }, logical(length(used)))
    touches <- rowsum((near[, used]) + 0, d$clusters$cluster) > 0
    draws <- withr::with_seed(1, replicate(4000, {
        as <- seq_along(used)
        for (s in unique(stratum)) {
            own <- which(stratum == s)
            as[own] <- own[sample.int(length(own))]
        }
        touches %*% has[as, ]
    }))
    for (i in seq_len(nrow(found))) {
        by_chance <- draws[as.character(found$cluster[i]), found$label[i], ]
        expect_equal(found$expected[i], mean(by_chance), tolerance = 0.1)
        expect_lt(
            abs(found$p_value[i] - mean(by_chance >= found$references[i])),
            5 * sqrt(0.25 / 4000)
        )
    }
})

test_that("strata are of degrees that double, and of 50 or more", {
    degree <- c(rep(1, 60), rep(2:3, 30), rep(4:7, 15), rep(8, 49), 40)
    expect_identical(degree_strata(degree),
        rep(1:4, c(60, 60, 60, 50)))
    expect_identical(degree_strata(c(1, 1, 2, 9)), c(1L, 1L, 1L, 1L))
    expect_identical(degree_strata(c(9, 9)), c(1L, 1L))
    expect_identical(degree_strata(integer()), integer())
})

test_that("the null's own false positives are no more than they may be", {
    d <- annotated_case(5, 400)
    about <- attr(annotateClusters(d$clusters, d$reference,
        permutations = 200), "summary")
    expect_identical(nrow(about$null), 200L)
    expect_lt(mean(about$null$false_positive_rate), 0.05)
    expect_gt(mean(about$null$false_positive_rate), 0)
    expect_lt(mean(about$null$passing > 0), 0.1)
    # Labels were drawn at random.
    expect_lt(about$passing, 3)
})

test_that("a cluster of one antigen is found", {
    d <- annotated_case(6, 400)
    motif <- paste0("CASW", residues[1:14], "WWF")
    clusters <- rbind(d$clusters, data.frame(
        junction_aa = motif[1:7], v_call = "TRBV1", cluster = 99
    ))
    reference <- rbind(d$reference, data.frame(
        junction_aa = motif[8:14], v_call = "TRBV1", label = "C"
    ))
    found <- annotateClusters(clusters, reference)
    expect_identical(found$cluster[which.min(found$p_value)], 99)
    best <- found[found$cluster == 99, ]
    expect_identical(best$label, "C")
    expect_lt(best$q_value, 0.05)
    expect_identical(c(best$members, best$exact, best$references), c(7L, 0L,
        7L))
    expect_output(print(found), "By chance")
})

test_that("a file may be the reference, and bad rows are counted", {
    file <- withr::local_tempfile(fileext = ".tsv")
    writeLines(c(
        "gene\tcdr3\tspecies\tantigen.epitope\tv.segm\tj.segm",
        "TRB\tCASSIRSSYEQYF\tHomoSapiens\tGILGFVFTL\tTRBV19*01\tTRBJ2-7*01",
        "TRB\tCASS*F\tHomoSapiens\tGILGFVFTL\tTRBV19*01\tTRBJ2-7*01"
    ), file)
    clusters <- data.frame(junction_aa = "CASSIRSAYEQYF", cluster = "a")
    expect_message(found <- annotateClusters(clusters, file),
        "`reference`: 1 of 2 rows left out")
    expect_identical(found$label, "GILGFVFTL")
    expect_identical(found$exact, 0L)
})

test_that("nothing that matches is an empty table; bad input is refused", {
    d <- annotated_case(7)
    none <- annotateClusters(
        data.frame(junction_aa = "CAAAAAAF", cluster = 1),
        data.frame(junction_aa = "CWWWF", label = "A")
    )
    expect_identical(nrow(none), 0L)
    expect_identical(attr(none, "summary")$annotated, 0L)
    expect_output(print(none), "0 of 1 cluster")
    refused <- function(pattern, ..., kind = "invalid_argument") {
        expect_error(annotateClusters(...), pattern,
            class = paste0("clustcr_error_", kind))
    }
    refused("lacks `epitope`", d$clusters, d$reference, "epitope")
    refused("`reference` must be", d$clusters, 1)
    refused("lacks `v_call`", d$clusters, d$reference[-2], v_gene = TRUE)
    refused("`distance`", d$clusters, d$reference, distance = 2)
    refused("none of its", d$clusters, transform(d$reference, label = ""),
        kind = "labels")
})

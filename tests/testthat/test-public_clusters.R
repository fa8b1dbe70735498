occurrences <- function(seed) {
    withr::with_seed(seed, {
        members <- random_cdr3(80, seed, 8:9)
        own <- sample(1:15, 80, TRUE)
        at <- sample(80, 300, TRUE)
        data.frame(
            cluster = letters[own[at]], junction_aa = members[at],
            junction = sample(c("TGT", "TGC", "tgt"), 300, TRUE),
            v_call = sample(c("TRBV1*01", "TRBV1*02", "TRBV2", NA), 300, TRUE),
            j_call = sample(c("TRBJ1-1", "TRBJ2-1"), 300, TRUE),
            duplicate_count = sample(1:5, 300, TRUE),
            repertoire_id = sample(paste("sample", 1:9), 300, TRUE)
        )
    })
}

test_that("the table is that of looking at each cluster", {
    for (seed in 1:3) {
        d <- occurrences(seed)
        subject <- stats::setNames(c(1, 1, 2, 2, 3, 3, 4, 4, NA),
            paste("sample", 1:9))
        found <- publicClusters(d, subject = subject)
        expect_identical(found$cluster, unique(d$cluster))
        for (i in seq_len(nrow(found))) {
            own <- d[d$cluster == found$cluster[i], ]
            row <- found[i, ]
            expect_identical(row$size, length(unique(own$junction_aa)))
            lengths <- table(nchar(unique(own$junction_aa)))
            expect_identical(row$length,
                as.integer(names(which.max(lengths))))
            samples <- unique(own$repertoire_id)
            expect_identical(row$n_samples, length(samples))
            subjects <- unique(subject[samples])
            expect_identical(row$n_subjects, sum(!is.na(subjects)))
            nucleotides <- tapply(toupper(own$junction), own$junction_aa,
                function(x) length(unique(x)))
            expect_equal(row$convergence, mean(nucleotides))
            genes <- unique(data.frame(own$junction_aa,
                gene = sub("[*].*", "", own$v_call)))
            genes <- table(genes$gene)
            expect_identical(row$v_call, names(genes)[which.max(genes)])
            expect_equal(row$v_purity, max(genes) / sum(genes))
            counts <- tapply(own$duplicate_count, own$junction_aa, sum)
            expect_identical(row$member, names(counts)[which.max(counts)])
        }
    }
})

test_that("samples may come from a matrix", {
    d <- occurrences(4)
    x <- unclass(table(d$cluster, d$repertoire_id))
    rows <- publicClusters(d)
    columns <- c("n_samples", "n_subjects")
    expect_identical(publicClusters(d, x)[columns], rows[columns])
    sheet <- data.frame(
        repertoire_id = rev(colnames(x)), donor = rev(c(1, 1, 2, 2, 3, 3, 4, 4,
            5))
    )
    found <- publicClusters(d, x, "donor", sheet)
    expect_identical(found$n_samples, rows$n_samples)
    pooled <- rowsum(t(x), c(1, 1, 2, 2, 3, 3, 4, 4, 5))
    expect_identical(found$n_subjects,
        unname(as.integer(colSums(pooled > 0)[found$cluster])))
    expect_error(publicClusters(d, x[-(1:2), ]), "lack one",
        class = "clustcr_error_clusters")
    expect_error(publicClusters(d, x, "donor"), "`subject`",
        class = "clustcr_error_invalid_argument")
    expect_error(publicClusters(d, x, "donor", sheet[-1, ]), "\"sample 9\"",
        class = "clustcr_error_samples")
})

test_that("what is not known is NA", {
    clusters <- Clustering(method = "mcl")$fit(random_cdr3(60, 5))
    found <- publicClusters(clusters)
    expect_true(all(found$size >= 2))
    expect_true(all(found$n_samples == 1))
    expect_true(all(is.na(publicClusters(as.data.frame(clusters))$n_samples)))
    expect_true(all(is.na(found$convergence)))
    expect_true(all(is.na(found$v_purity)))
    expect_false(anyNA(found$member))
    expect_false(anyNA(found$length))
    # A column's name is not taken for the beginning of another's.
    expect_true(all(is.na(publicClusters(as.data.frame(clusters))$convergence)))
    expect_identical(nrow(publicClusters(as.data.frame(clusters)[0, ])), 0L)
})

test_that("errors name the arguments as they are called", {
    d <- occurrences(1)
    wrong <- function(pattern, ...) {
        e <- expect_error(suppressMessages(publicClusters(d, ...)), pattern,
            class = "clustcr_error")
        e
    }
    m <- clusterMatrix(d, as = "matrix")
    wrong("^`matrix` must have a row for each cluster of `x`", m[-1, ])
    wrong("^`matrix` must hold numbers",
        matrix("a", dimnames = list("1", "s")))
    wrong("^`matrix` must be a matrix", sum)
    d$junction <- 1
    wrong("^`junction` of `x` must be text")
})

test_that("a radius is the largest at which few of the background are near", {
    x <- data.frame(junction_aa = random_cdr3(40, 1, 11:13),
        v_call = c("TRBV5-1", "TRBV6-1"), own = 1:40)
    background <- data.frame(
        junction_aa = c(random_cdr3(600, 1, 11:13), x$junction_aa[1:4]),
        v_call = c("TRBV5-1", "TRBV6-1", "TRBV7-2", "TRBV6-1"))
    for (v_gene in c("gene", "none")) for (rate in c(0, 0.002, 0.01, 1)) {
        found <- radiusByBackground(x, background, rate, v_gene = v_gene)
        expected <- vapply(seq_len(nrow(x)), function(i) {
            d <- tcrDistance(x$junction_aa[i], background$junction_aa)
            if (v_gene == "gene") d[background$v_call != x$v_call[i]] <- Inf
            fits <- vapply(seq(0, 24, 3), function(r) {
                mean(d <= r) <= rate
            }, NA)
            radius <- if (any(fits)) max(seq(0, 24, 3)[fits]) else NA
            c(radius, if (any(fits)) sum(d <= radius) else NA)
        }, c(0, 0))
        expect_equal(found$radius, expected[1L, ])
        expect_equal(found$background_neighbors, expected[2L, ])
        expect_identical(found$own, x$own)
        if (rate == 0) expect_gt(sum(is.na(found$radius)), 1)
    }
    expect_true(all(found$radius == 24) && all(found$background_size == 604))
    expect_identical(radiusByBackground(x, background, 0.01, v_gene = "none",
        n_cpus = 2)$radius, radiusByBackground(x$junction_aa, background, 0.01,
        v_gene = "none")$radius)
})

test_that("what no receptor of the background can be compared with has none", {
    background <- data.frame(junction_aa = random_cdr3(50, 1, 11:13),
        v_call = c("TRBV9", "TRBV28"))
    x <- data.frame(junction_aa = c("CASSLGQAYEQYF", "CASSVNVLLYEQYF",
        "CASSLGQAYEQFF"), v_call = c("TRBV9", "TRBV99", "TRBV9,TRBV28"))
    expect_message(found <- radiusByBackground(x, background, 0.01),
        "2 receptors of `x` have genes that no receptor of `background` has")
    expect_identical(is.na(found$radius), c(FALSE, TRUE, TRUE))
    expect_identical(is.na(found$background_neighbors), c(FALSE, TRUE, TRUE))
    expect_no_message(radiusByBackground(x, background, 0.01, v_gene = "none"))
})

test_that("a background may be files, and what can't be compared is told", {
    x <- data.frame(junction_aa = c(random_cdr3(10, 2, 11:13), "cass", NA),
        v_call = "TRBV5-1")
    rows <- data.frame(junction_aa = random_cdr3(300, 2, 11:13),
        v_call = "TRBV5-1")
    files <- file.path(withr::local_tempdir(), c("a.tsv", "b.tsv"))
    data.table::fwrite(rows[1:100, ], files[1L], sep = "\t")
    data.table::fwrite(rows[101:300, ], files[2L], sep = "\t")
    expect_message(whole <- radiusByBackground(x, rows, 0.01), "2 of 12 rows")
    parts <- suppressMessages(radiusByBackground(x, files, 0.01))
    expect_identical(parts, whole)
    wrong <- "clustcr_error_invalid_argument"
    expect_error(radiusByBackground(rows, rows, 2), "`rate`", class = wrong)
    expect_error(radiusByBackground(rows, rows, max_radius = 30),
        "`max_radius`", class = wrong)
    expect_error(radiusByBackground(rows["junction_aa"], rows), "v_call",
        class = wrong)
    expect_error(suppressMessages(radiusByBackground(rows, x[11:12, ])),
        "`background`", class = wrong)
})

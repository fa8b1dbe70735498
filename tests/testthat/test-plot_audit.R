test_that("bars are the rows and what became of them", {
    skip_without()
    audit <- data.frame(repertoire_id = c("b", "a, x"), given = c(10, 4),
        accepted = c(7, 4), stop_codon = c(1, 0), too_long = c(2, 0),
        wrong_chain = 0)
    plot <- plotAudit(audit)
    built(plot)
    expect_identical(levels(plot$data$fate), c("accepted", "too long",
        "stop codon"))
    expect_equal(plot$data$rows, c(7, 4, 2, 0, 1, 0))
    expect_equal(plot$data$share, c(0.7, 1, 0.2, 0, 0.1, 0))
    # The first at the top.
    expect_identical(levels(plot$data$name), c("a, x", "b"))
    expect_identical(plot$labels$caption, "3 of 14 rows left out")
    expect_identical(plotAudit(audit, "share")$data$value, plot$data$share)
    many <- data.frame(repertoire_id = as.character(1:41), given = 1,
        accepted = 1)
    expect_identical(plotAudit(many)$labels$y, "41 repertoires")
    expect_nothing(plotAudit(many[0, ]), "no rows were given")
    expect_nothing(plotAudit(transform(many, given = 0, accepted = 0)),
        "no rows were given")
    x <- small_clusters()
    expect_equal(plotAudit(x)$data, plotAudit(clusterAudit(x))$data)
    expect_error(plotAudit(audit["repertoire_id"]), "`given`",
        class = "clustcr_error_invalid_argument")
    expect_error(plotAudit(1), "`x`", class = "clustcr_error_invalid_argument")
})

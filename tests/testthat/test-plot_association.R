test_that("a volcano has effect, strength and what passes", {
    skip_without()
    x <- rbind(rep(1:0, each = 12), rep(0:1, 12), rep(c(1, 1, 0), 8), 1)
    rownames(x) <- c("k", "l", "m", "n")
    found <- associateClusters(x, rep(c("b", "a"), each = 12))
    plot <- plotAssociation(found)
    built(plot)
    # The fourth is in all samples and has no estimate.
    expect_identical(as.character(plot$data$cluster), c("k", "l", "m"))
    expect_equal(plot$data$strength, -log10(found$p_value[1:3]))
    expect_identical(plot$data$passes, c(TRUE, FALSE, FALSE))
    expect_identical(plot$data$beyond, c(TRUE, FALSE, FALSE))
    expect_equal(plot$data$effect[2:3], log2(found$estimate[2:3]))
    expect_true(all(abs(plot$data$effect[1]) > abs(plot$data$effect[2:3])))
    expect_identical(plot$labels$caption, paste0("3 clusters tested, 1 passes",
        "; 12 \"b\" against 12 \"a\""))
    named <- plot$layers[[length(plot$layers)]]$data
    expect_identical(named$label, "k")
    # The infinite one stands at the rim of the axis, which says so.
    at <- ggplot2::ggplot_build(plot)$layout$panel_params[[1]]$x
    expect_identical(range(at$breaks), max(abs(plot$data$effect)) * c(-1, 1))
    expect_identical(at$get_labels()[c(1, length(at$breaks))],
        c("-Inf", "Inf"))
    local({
        without_package("ggrepel")
        bare <- plotAssociation(found)
        built(bare)
        expect_identical(bare$layers[[length(bare$layers)]]$data$label, "k")
    })
    motifs <- data.frame(cluster = "k", motif = "CAS.F")
    plot <- plotAssociation(found, summary = motifs)
    expect_identical(plot$layers[[length(plot$layers)]]$data$label, "k: CAS.F")
    expect_false(any(plotAssociation(found, alpha = 1e-9)$data$passes))
    expect_nothing(plotAssociation(found[0, ]), "no cluster was tested")
    untested <- found
    untested$p_value <- NA_real_
    expect_nothing(plotAssociation(untested), "no cluster was tested")
    expect_error(plotAssociation(x), "`x`",
        class = "clustcr_error_invalid_argument")
    expect_error(plotAssociation(found["cluster"]), "`p_value`",
        class = "clustcr_error_invalid_argument")
})

test_that("Wilcoxon's estimate and shuffles are drawn as they are", {
    skip_without()
    x <- random_clusters(40, 20, 3)
    found <- associateClusters(x, rep(c("b", "a"), 10), "wilcoxon",
        permutations = 20)
    plot <- plotAssociation(found)
    built(plot)
    expect_identical(plot$data$effect, found$estimate[!is.na(found$p_value)])
    expect_match(plot$labels$x, "Probability that \"b\" has more")
    expect_match(plot$labels$caption, "by chance")
    withr::local_pdf(NULL)
    expect_identical(plot(found, n_labels = 0)$data, plot$data)
})

test_that("a summary of another clustering is refused with nothing to draw", {
    skip_without()
    members <- data.frame(junction_aa = c("CAF", "CDF"), cluster = 1)
    members <- rbind(cbind(members, repertoire_id = "a"),
        cbind(members, repertoire_id = "b"), cbind(members,
        repertoire_id = "c"), cbind(members, repertoire_id = "d"))
    found <- associateClusters(members, c(a = 0, b = 0, c = 1, d = 1))
    expect_nothing(plotAssociation(found, summary = clusterSummary(members)),
        "no cluster was tested")
    members$junction_aa <- sub("^CA", "CE", members$junction_aa)
    expect_error(plotAssociation(found, summary = clusterSummary(members)),
        "other members", class = "clustcr_error_clusters")
})

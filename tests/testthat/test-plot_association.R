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
    expect_identical(plot$labels$caption, paste0("4 clusters tested (1 ",
        "without an estimate not drawn), 1\npasses; 12 \"b\" against 12 \"a\""))
    expect_identical(attr(found, "summary")$tested, 4L)
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
        "no cluster has an estimate")
    members$junction_aa <- sub("^CA", "CE", members$junction_aa)
    expect_error(plotAssociation(found, summary = clusterSummary(members)),
        "other members", class = "clustcr_error_clusters")
})

# Ten alleles of two loci, three of which go with a cluster.
allele_hits <- function() {
    x <- random_clusters(80, 60, 5)
    labels <- withr::with_seed(5, matrix(stats::runif(600) < 0.3, 60,
        dimnames = list(NULL, paste0(rep(c("A", "DRB1"), each = 5), "*0", 1:5,
            ":01"))))
    for (k in 1:3) x[k, ] <- labels[, 3 * k]
    list(x = x, labels = labels)
}

test_that("many phenotypes stand side by side", {
    skip_without()
    d <- allele_hits()
    found <- suppressMessages(associateClusters(d$x, d$labels, alpha = 1))
    plot <- plotAssociation(found, alpha = 0.05)
    built(plot)
    expect_identical(nrow(plot$data), sum(!is.na(found$estimate)))
    expect_true(all(abs(plot$data$x -
        match(plot$data$phenotype, colnames(d$labels))) <= 0.5))
    expect_identical(sum(plot$data$kind == "passes"), sum(plot$data$passes))
    named <- plot$layers[[length(plot$layers)]]$data
    expect_true("1, A*03:01" %in% named$label)
    expect_s3_class(plotAssociation(found, kind = "volcano"), "ggplot")
    heat <- plotAssociation(found, alpha = 0.05, kind = "heatmap")
    built(heat)
    expect_true(all(as.character(1:3) %in% levels(heat$data$row)))
    hit <- heat$data[heat$data$cluster == 1 &
        heat$data$phenotype == "A*03:01", ]
    expect_equal(hit$signed, -log10(hit$p_value))
    expect_nothing(plotAssociation(found, alpha = 1e-99, kind = "heatmap"),
        "no cluster passes")
    expect_error(plotAssociation(associateClusters(d$x, d$labels[, 1]),
        kind = "heatmap"), "`kind`", class = "clustcr_error_invalid_argument")
})

test_that("a cluster's strata are Fisher's tests, and all of them", {
    skip_without()
    d <- allele_hits()
    case <- d$labels[, 1]
    site <- rep(c("a", "b", "c"), 20)
    x <- d$x
    x[9, ] <- replace(case, 1:12, !case[1:12])
    found <- suppressMessages(associateClusters(x, case, strata = site))
    plot <- plotAssociation(found, kind = "strata", cluster = 9)
    built(plot)
    expect_identical(plot$data$stratum, c("a", "b", "c", "all strata"))
    for (i in 1:3) {
        own <- site == c("a", "b", "c")[i]
        one <- stats::fisher.test(x[9, own] > 0, case[own])
        expect_equal(log(plot$data$estimate[i]), log(unname(one$estimate)),
            tolerance = 0.01)
        expect_identical(plot$data$n_case[i], sum(x[9, own & case] > 0))
    }
    expect_identical(plot$data$estimate[4], found$estimate[9])
    expect_identical(plot$data$of_case[4], sum(case))
    infinite <- x
    infinite[10, ] <- case
    found <- suppressMessages(associateClusters(infinite, case, strata = site))
    built(plotAssociation(found, kind = "strata"))
    expect_error(plotAssociation(found, kind = "strata", cluster = 999),
        "`cluster`", class = "clustcr_error_invalid_argument")
    expect_error(plotAssociation(associateClusters(x, case), kind = "strata"),
        "`strata`", class = "clustcr_error_invalid_argument")
})

test_that("effects of other tests are drawn as they are", {
    skip_without()
    x <- random_clusters(40, 30, 3)
    age <- withr::with_seed(3, stats::rnorm(30))
    for (test in c("spearman", "linear", "chisq", "kruskal")) {
        value <- if (test %in% c("chisq", "kruskal")) rep(c("a", "b", "c"), 10)
            else age
        found <- suppressMessages(associateClusters(x, value, test))
        plot <- plotAssociation(found)
        built(plot)
        expect_identical(plot$data$effect,
            found$estimate[!is.na(found$p_value)])
    }
})

test_that("receptors are named by their CDR3s, and counted as tested", {
    skip_without()
    ids <- sprintf("p%02d", 1:20)
    ill <- stats::setNames(rep(c("ill", "healthy"), each = 10), ids)
    rows <- rbind(
        data.frame(junction_aa = "CASSWWWWWEQYF", repertoire_id = ids[1:10]),
        data.frame(junction_aa = rep(c("CASSLGQAYEQYF", "CASSPGQAYEQYF"),
            each = 20), repertoire_id = ids),
        data.frame(junction_aa = "CATTWWWWWWWEQYF",
            repertoire_id = ids[11:19])
    )
    rows$cluster <- match(substr(rows$junction_aa, 1, 5),
        unique(substr(rows$junction_aa, 1, 5)))
    found <- suppressMessages(associateReceptors(rows, ill, v_gene = "none"))
    plot <- plotAssociation(found)
    built(plot)
    named <- function(plot) plot$layers[[length(plot$layers)]]$data$label
    expect_identical(named(plot), c("CASSWWWWWEQYF", "CATTWWWWWWWEQYF"))
    expect_match(gsub("\n", " ", plot$labels$caption), paste("^4 receptors",
        "tested .2 without an estimate not drawn., 2 pass;"))
    expect_identical(attr(found, "summary")$tested, 4L)
    withr::local_pdf(NULL)
    expect_identical(plot(found)$labels$caption, plot$labels$caption)
    expect_error(plotAssociation(found, kind = "strata"), "`kind`",
        class = "clustcr_error_invalid_argument")
    expect_error(plotAssociation(found, summary = clusterSummary(rows)),
        "`summary`", class = "clustcr_error_invalid_argument")
    expect_nothing(plotAssociation(found[found$n_samples == 20, ]),
        "no receptor has an estimate")
    # Genes where CDR3s are the same; receptors are rows of a heat map.
    rows$v_call <- "TRBV9"
    more <- transform(rows[1:10, ], v_call = "TRBV2",
        repertoire_id = ids[11:20], cluster = 9)
    genes <- suppressMessages(associateReceptors(rbind(rows, more), cbind(
        a = ill == "ill", b = ill != "ill"), v_gene = "gene", alpha = 0.01,
        samples = data.frame(repertoire_id = ids)))
    expect_true(all(c("CASSWWWWWEQYF TRBV9, a", "CASSWWWWWEQYF TRBV2, b") %in%
        named(plotAssociation(genes, n_labels = 10))))
    heat <- plotAssociation(genes, kind = "heatmap")
    built(heat)
    expect_true("CASSWWWWWEQYF TRBV2" %in% levels(heat$data$row))
})

test_that("names of many strata and many rows do not lie on each other", {
    skip_without()
    n <- 240
    x <- withr::with_seed(1, matrix(stats::rbinom(40 * n, 1, 0.3), 40,
        dimnames = list(1:40, paste0("s", 1:n))))
    case <- rep(c("case", "control"), n / 2)
    x[1:34, case == "case"] <- withr::with_seed(2,
        stats::rbinom(34 * n / 2, 1, 0.7))
    for (k in c(4, 12)) {
        found <- suppressMessages(associateClusters(x, case,
            strata = rep(seq_len(k), each = n / k)))
        plot <- plotAssociation(found, kind = "strata")
        built(plot)
        lines <- lengths(strsplit(levels(plot$data$label), "\n"))
        # Five inches have 360 points.
        expect_lte(sum(lines) * plot$theme$axis.text.y$size, 215)
    }
    sheet <- data.frame(sample = colnames(x), A = case,
        B = rep(c("x", "y"), each = n / 2))
    found <- suppressMessages(associateClusters(x, c("A", "B"), samples =
        sheet))
    plot <- plotAssociation(found, kind = "heatmap")
    built(plot)
    expect_identical(nlevels(plot$data$row), 30L)
    expect_lte(30 * plot$theme$axis.text.y$size, 215)
    # Without the package that moves them apart they stand below each other.
    without_package("ggrepel")
    plot <- plotAssociation(suppressMessages(associateClusters(x, case)),
        n_labels = 10)
    built(plot)
    named <- plot$layers[[length(plot$layers)]]$data
    expect_identical(nrow(named), 10L)
    expect_gte(min(-diff(sort(named$place, TRUE))),
        0.0499 * max(named$strength))
})

# Samples drawn from the model.
drawn_samples <- function(model, depth, seed = 1) {
    rows <- generateReceptors(sum(depth), model, seed = seed)
    cbind(repertoire_id = rep(names(depth), depth), rows)
}

test_that("tails are those of every set of samples", {
    depth <- c(a = 10, b = 200, c = 35, d = 35)
    rate <- c(0.001, 0.01, 0.2)
    sets <- as.matrix(expand.grid(rep(list(0:1), 4)))
    for (r in rate) {
        has <- 1 - exp(-r * depth)
        p <- apply(sets, 1, function(s) prod(ifelse(s == 1, has, 1 - has)))
        n <- rowSums(sets)
        expect_equal(expected_samples(r, depth), sum(p * n))
        for (k in 1:4) {
            expect_equal(sharing_tail(k, r, depth),
                sum(p[n >= k]) / sum(p[n >= 1]))
        }
    }
    # Small numbers stay exact.
    expect_equal(sharing_tail(20, 1e-9, rep(10, 20)) /
        (1e-8^20 / (20 * 1e-8)), 1, tolerance = 1e-6)
})

test_that("what recombination shares is expected, what is more stands out", {
    model <- recombinationModel(made_up_model())
    depth <- stats::setNames(seq(500, 2400, 100), paste0("s", 1:20))
    x <- drawn_samples(model, depth)
    found <- expectedSharing(x, model, depth)
    q <- attr(found, "selection")[["q"]]
    expect_lt(abs(q - 1), 0.1)
    expect_lt(abs(sum(found$expected_if_seen) / sum(found$n_samples) - 1), 0.02)
    tested <- found$p_value[!is.na(found$p_value)]
    expect_gt(length(tested), 200)
    # Of whole numbers p-values are larger than uniform ones; those of receptors
    # in one sample are not shown.
    expect_lt(sum(found$p_value < 0.01, na.rm = TRUE) / nrow(found), 0.012)
    expect_lte(sum(found$q_value < 0.05, na.rm = TRUE), 3)
    key <- function(y) paste(y$junction_aa, y$v_call, y$j_call)
    other <- expectedSharing(x[rev(seq_len(nrow(x))), ], model, depth,
        n_cpus = 3)
    other <- other[match(key(found), key(other)), ]
    expect_equal(found, other, ignore_attr = TRUE, tolerance = 1e-12)

    planted <- data.frame(repertoire_id = paste0("s", 1:9),
        junction_aa = "CASSVWWWWEQYF", v_call = "TRBV9*01",
        j_call = "TRBJ2-7*01")
    found <- expectedSharing(rbind(x, planted), model, depth)
    expect_identical(found$junction_aa[which.min(found$p_value)],
        "CASSVWWWWEQYF")
    expect_lt(min(found$q_value, na.rm = TRUE), 1e-6)
    expect_identical(found$n_samples[which.min(found$p_value)], 9L)
    expect_identical(found$v_call[which.min(found$p_value)], "TRBV9")
})

test_that("depths are the distinct receptors unless they are given", {
    model <- recombinationModel(made_up_model())
    depth <- c(b = 300, a = 200)
    x <- drawn_samples(model, depth)
    found <- expectedSharing(x, model, q = 2, v_gene = "none", j_gene = "none")
    own <- tapply(x$junction_aa, x$repertoire_id, function(y) {
        length(unique(y))
    })
    expect_equal(attr(found, "depth"), c(own), ignore_attr = TRUE)
    expect_named(found, c("junction_aa", "n_samples", "probability",
        "expected", "expected_if_seen", "p_value", "q_value"))
    p <- generationProbability(found$junction_aa, model = model) /
        sum(productive_probabilities(model, list(1:5), list(1:4), 60, 1))
    expect_equal(found$probability, p)
    expect_equal(found$expected, 2 - exp(-2 * p * own[["a"]]) -
        exp(-2 * p * own[["b"]]))
})

test_that("a factor that nothing shared tells is asked for", {
    model <- recombinationModel(made_up_model())
    x <- generateReceptors(500, model, seed = 10)
    x$repertoire_id <- "a"
    expect_error(expectedSharing(x, model), "`q` must be given.*too few",
        class = "clustcr_error_invalid_argument")
    expect_identical(attr(expectedSharing(x, model, q = 1), "selection"),
        c(q = 1, fitted = 0))
    expect_error(expectedSharing(x, model, q = 0),
        "`q` must be a number above 0",
        class = "clustcr_error_invalid_argument")
})

test_that("wrong arguments are told", {
    model <- recombinationModel(made_up_model())
    x <- drawn_samples(model, c(a = 20, b = 20))
    bad <- function(..., says) {
        expect_error(expectedSharing(...), says,
            class = "clustcr_error_invalid_argument")
    }
    bad(x[-1], model, says = "`repertoire_id`")
    bad(x, "model", says = "^`model` must be")
    bad(x, model, depth = c(a = 3), says = "^`depth` must.* \"b\"")
    bad(x, model, q = -1, says = "^`q` must be")
    x$v_call[1] <- NA
    expect_message(expectedSharing(x, model, q = 1), "1 of 40 rows left out")
})

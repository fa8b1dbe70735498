test_that("draws are as frequent as their probabilities say", {
    for (d in c(TRUE, FALSE)) {
        spec <- whole_model(if (d) 3 else 5, d)
        model <- recombinationModel(write_model(spec))
        events <- all_events(spec)
        events$aa <- translated(events$text)
        made <- events[grepl("^C.*[FVW]$|^C$", events$aa) &
            nchar(events$aa) > 1, ]
        n <- 1e5
        drawn <- generateReceptors(n, model, nucleotides = TRUE)
        expect_identical(translated(drawn$junction), drawn$junction_aa)
        key <- function(aa, v, j) paste(aa, v, j)
        p <- tapply(made$p, key(made$aa, spec$v$name[made$v],
            spec$j$name[made$j]), sum)
        expected <- n * p / sum(p)
        seen <- table(factor(key(drawn$junction_aa, drawn$v_call,
            drawn$j_call), names(p)))
        expect_identical(sum(seen), as.integer(n))
        many <- expected > 10
        expect_gt(sum(many), 20)
        chi <- sum((seen - expected)[many]^2 / expected[many])
        expect_gt(stats::pchisq(chi, sum(many), lower.tail = FALSE), 1e-4)
    }
})

test_that("a million draws of human TRB agree with Pgen", {
    skip_without_shared()
    model <- recombinationModel(shared_path("data", "olga_human_trb"))
    n <- 1e6
    seen <- table(generateReceptors(n, model, n_cpus = 2)$junction_aa)
    pairs <- productive_probabilities(model, list(seq_along(model$v$name)),
        list(seq_along(model$j$name)), 60, 2)
    expect_gt(sum(pairs), 0.15)
    p <- generationProbability(names(seen)[seen >= 2], model = model,
        n_cpus = 2) / sum(pairs)
    # Which are above 1e-5 is told by p, not by what was drawn: one of these is
    # drawn twice or more in all but 1 of 2,000 cases.
    frequent <- p > 1e-5
    expect_gt(sum(frequent), 50)
    expected <- n * p[frequent]
    chi <- sum((seen[seen >= 2][frequent] - expected)^2 / expected)
    expect_gt(stats::pchisq(chi, sum(frequent), lower.tail = FALSE), 1e-3)
})

test_that("a receptor depends on the seed and its number only", {
    model <- recombinationModel(made_up_model())
    some <- generateReceptors(10000, model, seed = 1)
    expect_identical(generateReceptors(10000, model, seed = 1, n_cpus = 3),
        some)
    expect_identical(generateReceptors(5000, model, seed = 1), some[1:5000, ])
    expect_false(identical(generateReceptors(10000, model, seed = 2), some))
    expect_identical(nrow(generateReceptors(0, model)), 0L)
    expect_named(generateReceptors(0, model),
        c("junction_aa", "v_call", "j_call"))
})

test_that("files and stores get the same receptors", {
    model <- recombinationModel(made_up_model())
    some <- generateReceptors(3000, model)
    for (name in c("drawn.tsv", "drawn.csv.gz")) {
        path <- withr::local_tempfile(fileext = name)
        generateReceptors(3000, model, output = path)
        read <- if (grepl("csv", name)) utils::read.csv else utils::read.delim
        expect_identical(read(path), some)
    }
    clustering <- Clustering(method = "components")
    generateReceptors(3000, model, output = clustering)
    expect_equal(sum(clustering$batches()$rows), 3000)
})

test_that("usage and filters are followed", {
    model <- recombinationModel(made_up_model())
    usage <- data.frame(v_call = c("TRBV9", "TRBV20-1", "TRBV77"),
        j_call = c("TRBJ2-7", "TRBJ1-1", "TRBJ1-1"), weight = c(3, 1, 1))
    expect_message(drawn <- generateReceptors(20000, model, usage = usage),
        "1 row of 3 left out", class = "clustcr_message_left_out")
    share <- mean(sub("[*].*", "", drawn$v_call) == "TRBV9")
    expect_lt(abs(share - 0.75), 0.015)
    expect_identical(sub("[*].*", "", drawn$v_call) == "TRBV9",
        sub("[*].*", "", drawn$j_call) == "TRBJ2-7")

    long <- generateReceptors(500, model, keep = function(rows) {
        nchar(rows$junction_aa) > 13
    })
    expect_identical(nrow(long), 500L)
    expect_true(all(nchar(long$junction_aa) > 13))
    thin <- generateReceptors(2000, model, keep = function(rows) {
        ifelse(grepl("TRBV9", rows$v_call), 0.5, 1)
    })
    all <- generateReceptors(20000, model)
    odds <- function(x) {
        share <- mean(grepl("TRBV9", x$v_call))
        share / (1 - share)
    }
    expect_lt(abs(odds(thin) / odds(all) - 0.5), 0.08)
})

test_that("wrong arguments are told", {
    model <- recombinationModel(made_up_model())
    bad <- function(..., says) {
        expect_error(generateReceptors(...), says,
            class = "clustcr_error_invalid_argument")
    }
    bad(-1, model, says = "^`n` must be a whole number")
    bad(3e9, model, says = "^`n` must be 2147483647 or less without `output`")
    bad(5, model, keep = "all", says = "^`keep` must be a function")
    bad(5, model, keep = function(x) NA, says = "^`keep` must return TRUE")
    bad(5, model, keep = function(x) rep(FALSE, nrow(x)),
        says = "^`keep` must keep some")
    bad(5, model, usage = data.frame(v_call = "TRBV9"), says = "^`usage` must")
    bad(5, model, usage = data.frame(v_call = "TRBV9", j_call = "TRBJ2-7",
        weight = -1), says = "^`usage` must have a `weight` of 0")
})

same <- function(found, expected, tolerance = 1e-9) {
    expect_identical(found == 0, expected == 0)
    some <- expected != 0
    expect_lt(max(abs(found[some] / expected[some] - 1), 0), tolerance)
}

test_that("the published program's probabilities come out", {
    skip_without_shared()
    for (chain in c("human_trb", "human_tra")) {
        model <- recombinationModel(shared_path("data",
            paste0("olga_", chain)))
        golden <- golden_table(file.path("pgen", paste0(chain, ".tsv")))
        expect_gte(nrow(golden), 200)
        with_genes <- generationProbability(golden$junction_aa, golden$v_call,
            golden$j_call, model)
        same(generationProbability(golden$junction_aa, model = model),
            golden$pgen)
        same(with_genes, golden$pgen_v_j)
        expect_identical(with_genes, generationProbability(golden$junction_aa,
            golden$v_call, golden$j_call, model, n_cpus = 3))
    }
})

test_that("balls are the published sums over all variants", {
    skip_without_shared()
    model <- recombinationModel(shared_path("data", "olga_human_trb"))
    golden <- golden_table(file.path("pgen", "human_trb_ball.tsv"))
    same(generationProbability(golden$junction_aa, model = model,
        distance = 1), golden$ball)
    same(generationProbability(golden$junction_aa, golden$v_call,
        golden$j_call, model, distance = 1), golden$ball_v_j)
})

test_that("sums are those over every event, nucleotide by nucleotide", {
    for (case in 1:6) {
        spec <- random_model(case, d = case %% 2 == 0, v_bases = 4 + case %% 3)
        model <- recombinationModel(write_model(spec))
        events <- all_events(spec)
        events$aa <- translated(events$text)
        made <- events[!is.na(events$aa), ]
        sums <- tapply(made$p, made$aa, sum)
        expect_gt(length(sums), 50)
        # What is not made is 0, but its ball may be something.
        asked <- c(names(sums), "CWWWWWWWWF", "W", variants(names(sums)[1]))
        expected <- as.vector(sums[asked])
        expected[is.na(expected)] <- 0
        same(generationProbability(asked, model = model), expected, 1e-11)

        v <- spec$v$name[made$v]
        j <- spec$j$name[made$j]
        some <- made$aa[c(1, 50, nrow(made))]
        for (text in some) {
            ball <- made$aa %in% variants(text)
            same(generationProbability(text, "TRBV2", "TRBJ2-7*01", model,
                distance = 1), sum(made$p[ball & v == "TRBV2*01" &
                j == "TRBJ2-7*01"]), 1e-11)
            same(generationProbability(text, model = model, distance = 1),
                sum(made$p[ball]), 1e-11)
            same(generationProbability(text, "TRBV1", NULL, model),
                sum(made$p[made$aa == text & grepl("TRBV1[*]", v)]), 1e-11)
            same(generationProbability(text, "TRBV2,TRBV1*02", "", model),
                sum(made$p[made$aa == text & v != "TRBV1*01"]), 1e-11)
            same(generationProbability(text, "TRBV1*02", "TRBJ1-1", model,
                v_gene = "gene"), sum(made$p[made$aa == text &
                v != "TRBV2*01" & j == "TRBJ1-1*01"]), 1e-11)
        }
    }
})

test_that("all that a model makes sums to 1", {
    # Whole codons only, and no T that could begin a stop.
    spec <- random_model(7)
    spec$v$bases <- c("ACTGC", "ACTGCGCA", "ACTGCAAC")
    spec$j$bases <- c("GGATTCGA", "CACTTCGA")
    spec$d$bases <- c("GGG", "CAC")
    spec$v_del <- c(0, 3)
    spec$v_del_p <- rbind(c(1, 0), c(0.25, 0.75), c(0.5, 0.5))
    spec$j_del <- c(0, 3)
    spec$j_del_p <- rbind(c(1, 0), c(0.5, 0.5))
    spec$d5_del <- c(0, 3)
    spec$d3_del <- 0
    spec$d5_p <- rbind(c(0.5, 0.5), c(1, 0))
    spec$d3_p <- array(1, c(2, 2, 1))
    spec$ins <- c(0, 3)
    spec$ins_p <- spec$ins2_p <- matrix(c(0.25, 0.75), 1)
    spec$chain_p[, 4] <- spec$chain2_p[, 4] <- 0
    spec$chain_p <- spec$chain_p / rowSums(spec$chain_p)
    spec$chain2_p <- spec$chain2_p / rowSums(spec$chain2_p)
    model <- recombinationModel(write_model(spec))
    events <- all_events(spec)
    made <- unique(translated(events$text[events$p > 0]))
    expect_false(anyNA(made))
    p <- generationProbability(made, model = model)
    expect_true(all(p > 0))
    expect_equal(sum(p), 1, tolerance = 1e-12)
})

test_that("what has no probability is NA, counted by reason", {
    model <- recombinationModel(made_up_model())
    asked <- c("CASSLGQYF", NA, "", "CAS*F", "casslf", "CASXF", "CASSLGQYF",
        "CASSLGQYF", strrep("A", 1001))
    v_call <- c("", rep("TRBV9", 5), "TRBV99", "TRBV9*07", "TRBV9")
    said <- NULL
    found <- withCallingHandlers(
        generationProbability(asked, v_call, NULL, model),
        clustcr_message_left_out = function(m) {
            said <<- m
            invokeRestart("muffleMessage")
        })
    expect_identical(is.na(found), seq_along(asked) != 1L)
    expect_identical(c(said$counts), c(empty = 1L, lower_case = 1L,
        missing = 1L, not_amino_acid = 1L, stop_codon = 1L, too_long = 1L,
        unknown_gene = 2L))
    expect_match(conditionMessage(said), "\"TRBV99\", \"TRBV9*07\"",
        fixed = TRUE)
    expect_identical(generationProbability(character(), model = model),
        numeric())
    one <- generationProbability(c("CASSLGQYF", "WWWW"), model = model)
    expect_identical(one[2], 0)
    expect_equal(generationProbability(c("CASSLGQYF", "WWWW"), model = model,
        log10 = TRUE), c(log10(one[1]), -Inf))
})

test_that("wrong arguments are told", {
    model <- recombinationModel(made_up_model())
    bad <- function(..., says) {
        expect_error(generationProbability(...), says,
            class = "clustcr_error_invalid_argument")
    }
    bad(1, model = model, says = "^`junction_aa` must be a character vector")
    bad("CASF", model = list(), says = "^`model` must be a model of")
    bad("CASF", model = model, distance = 2, says = "^`distance`.* 0 to 1")
    bad("CASF", c("TRBV9", "TRBV9"), model = model,
        says = "^`v_call` must have an element for each of `junction_aa`")
    bad("CASF", "TRBV9", model = model, v_gene = "alleles", says = "^`v_gene`")
})

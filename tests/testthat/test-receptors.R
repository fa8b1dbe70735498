# Genes, pairs and distances: each against a naive oracle.

random_receptors <- function(n, seed) {
    withr::with_seed(seed, {
        x <- sample(random_cdr3(n, seed), n, TRUE)
        at <- sample(3:6, n, TRUE)
        substr(x, at, at) <- sample(c("A", "C", "D"), n, TRUE)
        data.frame(
            junction_aa = x,
            v_call = sample(c("TRBV6-2*01", "TRBV6-2*02", "TRBV6-3*01",
                "TRBV7-9*01", "TRBV6-3*01,TRBV6-2*01",
                "TRBV6-3*01,TRBV7-9*01,TRBV7-8*01", NA, ""), n, TRUE),
            j_call = sample(c("TRBJ1-1*01", "TRBJ2-1*01",
                "TRBJ1-1*01,TRBJ2-1*02", NA), n, TRUE),
            duplicate_count = sample(1:5, n, TRUE)
        )
    })
}

level_of <- function(x, level) {
    x[is.na(x)] <- ""
    if (level == "none") return(rep_len("", length(x)))
    vapply(strsplit(x, ","), function(genes) {
        genes <- switch(level, allele = genes, gene = sub("[*].*", "", genes),
            family = sub("-.*", "", genes))
        paste(sort(unique(genes), method = "radix"), collapse = ",")
    }, "")
}

# Whether sets have a gene in common; no gene is one of its own.
sets_meet <- function(a, b) {
    sets <- unique(c(a, b))
    meet <- outer(sets, sets, Vectorize(function(x, y) {
        x == y || length(intersect(strsplit(x, ",")[[1L]],
            strsplit(y, ",")[[1L]])) > 0
    }))
    meet[match(a, sets), match(b, sets), drop = FALSE]
}

# Of all settings the sequences are the same: compared once for each distance.
compared <- new.env()
naive_distances <- function(s, distance) {
    name <- paste(c(distance, s), collapse = " ")
    if (is.null(compared[[name]])) {
        codes <- lapply(s, utf8ToInt)
        compared[[name]] <- if (distance == "levenshtein") adist(s)
        else outer(seq_along(s), seq_along(s), Vectorize(function(a, b) {
            if (length(codes[[a]]) != length(codes[[b]])) 99
            else sum(codes[[a]] != codes[[b]])
        }))
        dimnames(compared[[name]]) <- list(s, s)
    }
    compared[[name]]
}

# All pairs, by comparing each with each.
naive_pairs <- function(x, v_gene, j_gene, missing_genes, distance,
                        max_distance, ambiguous_genes = "same") {
    v <- level_of(x$v_call, v_gene)
    j <- level_of(x$j_call, j_gene)
    key <- unique(data.frame(s = x$junction_aa, v = v, j = j))
    # Of sets that meet, the genes shown are those of the first receptor.
    key <- key[order(key$s, key$v, key$j, method = "radix"), ]
    genes_match <- if (ambiguous_genes == "any") sets_meet
        else function(a, b) outer(a, b, "==")
    d <- naive_distances(unique(x$junction_aa), distance)[key$s, key$s]
    near <- d <= max_distance & genes_match(key$v, key$v) &
        genes_match(key$j, key$j)
    if (missing_genes == "none") {
        lacks <- (v_gene != "none" & key$v == "") |
            (j_gene != "none" & key$j == "")
        near[lacks, ] <- near[, lacks] <- FALSE
    }
    at <- which(near & upper.tri(near), arr.ind = TRUE)
    sort(paste(pmin(key$s[at[, 1]], key$s[at[, 2]]),
        pmax(key$s[at[, 1]], key$s[at[, 2]]), key$v[at[, 1]], key$j[at[, 1]]))
}

settings <- expand.grid(
    v_gene = c("none", "family", "gene", "allele"),
    j_gene = c("none", "gene"), missing_genes = c("group", "none"),
    rule = c("hamming 1", "hamming 2", "levenshtein 1"),
    ambiguous_genes = c("same", "any"),
    stringsAsFactors = FALSE, KEEP.OUT.ATTRS = FALSE
)
settings <- settings[!(settings$v_gene == "none" & settings$j_gene == "none" &
    (settings$missing_genes == "none" | settings$ambiguous_genes == "any")), ]

test_that("graphs are those of comparing all pairs", {
    x <- random_receptors(350, 91)
    for (i in seq_len(nrow(settings))) {
        s <- settings[i, ]
        rule <- strsplit(s$rule, " ")[[1]]
        found <- neighborGraph(x, rule[1], as.numeric(rule[2]), s$v_gene,
            s$j_gene, s$missing_genes, n_cpus = 2, s$ambiguous_genes)
        v <- if (s$v_gene == "none") "" else found$v_call
        j <- if (s$j_gene == "none") "" else found$j_call
        expect_true(all(found$from <= found$to))
        expect_identical(
            sort(paste(found$from, found$to, v, j)),
            naive_pairs(x, s$v_gene, s$j_gene, s$missing_genes, rule[1],
                as.numeric(rule[2]), s$ambiguous_genes),
            info = paste(s, collapse = " ")
        )
    }
})

test_that("batches give what memory gives, whatever the settings", {
    x <- random_receptors(1500, 92)
    x <- x[!is.na(x$junction_aa), ]
    for (i in seq(1, nrow(settings), 3)) {
        s <- settings[i, ]
        rule <- strsplit(s$rule, " ")[[1]]
        for (method in c("mcl", "components")) {
            arguments <- list(
                method = method, v_gene = s$v_gene, j_gene = s$j_gene,
                missing_genes = s$missing_genes, distance = rule[1],
                max_distance = as.numeric(rule[2]),
                ambiguous_genes = s$ambiguous_genes
            )
            columns <- c("duplicate_count", "cluster_id")
            expected <- as.data.frame(do.call(Clustering, arguments)$fit(
                x, columns = columns
            ))
            run <- do.call(Clustering, c(arguments, memory_limit = "1MB",
                n_cpus = 2))
            shuffled <- withr::with_seed(i, x[sample(nrow(x)), ])
            for (part in split(shuffled, rep_len(1:4, nrow(x)))) {
                run$batch_precluster(part)
            }
            expect_identical(batch_table(run, columns = columns), expected,
                info = paste(method, paste(s, collapse = " ")))
            run$batch_cleanup()
        }
    }
})

test_that("with genes each gene's receptors are clustered by themselves", {
    x <- random_receptors(2000, 93)
    all <- as.data.frame(Clustering(method = "mcl", v_gene = "gene")$fit(x))
    for (gene in unique(level_of(x$v_call, "gene"))) {
        of_gene <- x[level_of(x$v_call, "gene") == gene, ]
        alone <- as.data.frame(Clustering(method = "mcl")$fit(of_gene))
        found <- all[all$v_call == gene, ]
        expect_identical(found$junction_aa, alone$junction_aa)
        expect_identical(match(found$cluster, unique(found$cluster)),
            alone$cluster)
    }
})

test_that("the audit balances", {
    x <- random_receptors(1200, 94)
    x$junction_aa[1:7] <- NA
    x$locus <- rep_len(c("TRB", "TRA", ""), nrow(x))
    run <- Clustering(method = "mcl", v_gene = "gene")
    parts <- split(x, rep_len(1:3, nrow(x)))
    suppressMessages(for (name in names(parts)) {
        run$batch_precluster(parts[[name]], name)
    })
    table <- batch_table(run)
    audit <- run$audit(edges = TRUE)
    expect_equal(sum(audit$given), nrow(x))
    expect_equal(audit$given, unname(rowSums(as.data.frame(audit)[-(1:2)])))
    expect_equal(sum(audit$wrong_chain), sum(x$locus == "TRA"))
    kept <- x[x$locus != "TRA" & !is.na(x$junction_aa), ]
    gene <- level_of(kept$v_call, "gene")
    sample <- rep_len(1:3, nrow(x))[x$locus != "TRA" & !is.na(x$junction_aa)]
    became <- attr(audit, "receptors")
    expect_equal(became$rows, nrow(kept))
    expect_equal(became$receptors,
        nrow(unique(data.frame(kept$junction_aa, gene))))
    expect_equal(became$occurrences,
        nrow(unique(data.frame(kept$junction_aa, gene, sample))))
    expect_equal(became$clustered, nrow(table))
    expect_equal(became$clustered + became$without_neighbor,
        became$receptors)
    expect_equal(attr(audit, "edges")$edges,
        nrow(neighborGraph(kept, v_gene = "gene")))
})

test_that("counts and samples arrive at the result", {
    x <- random_receptors(900, 95)
    run <- Clustering(method = "mcl")
    sample <- rep_len(c("a", "b", "c"), nrow(x))
    for (name in unique(sample)) run$batch_precluster(x[sample == name, ], name)
    table <- batch_table(run, columns = c("duplicate_count", "n_samples",
        "sample_counts"))
    total <- tapply(x$duplicate_count, x$junction_aa, sum)
    expect_equal(table$duplicate_count, unname(c(total[table$junction_aa])))
    samples <- tapply(sample, x$junction_aa, function(s) length(unique(s)))
    expect_equal(table$n_samples, unname(c(samples[table$junction_aa])))
    first <- table[1, ]
    of_first <- x$junction_aa == first$junction_aa
    counts <- tapply(x$duplicate_count[of_first], sample[of_first], sum)
    expect_identical(first$sample_counts, paste0(
        match(names(counts), c("a", "b", "c")), ":", counts, collapse = ","
    ))
})

test_that("pairs are neighbours over both chains together", {
    alpha <- c("CAVRDSNYQLIW", "CAVRDSNYQLIF", "CAVRDSNYQLIW", "CAVKDSNYQLIF",
        "", "", "CAV")
    beta <- c("CASSLGQAYEQYF", "CASSLGQAYEQYF", "CASSPGQAYEQYF",
        "CASSLGQAYEQYF", "CASSLGQAYEQYF", "CASSPGQAYEQYF", "")
    x <- data.frame(junction_aa_alpha = alpha, junction_aa_beta = beta)
    found <- as.data.frame(Clustering(method = "components", chain = "AB")$fit(
        x
    ))
    expect_named(found, c("junction_aa_alpha", "junction_aa_beta", "cluster",
        "precluster"))
    # 1-2, 1-3 and 2-4 differ by one residue over both chains.
    expect_setequal(paste(found$junction_aa_alpha, found$junction_aa_beta),
        paste(alpha, beta)[1:4])
    expect_length(unique(found$cluster), 1)
    with_single <- Clustering(method = "components", chain = "AB",
        missing_chain = "cluster")
    expect_equal(nrow(as.data.frame(with_single$fit(x))), 6)
    run <- Clustering(method = "components", chain = "AB", v_gene = "gene")
    x$v_call_alpha <- "TRAV3*01"
    x$v_call_beta <- c("TRBV6-2*01", "TRBV6-2*02", rep("TRBV7-9", 5))
    suppressMessages(run$batch_precluster(x, "a"))
    expect_equal(run$audit()$missing_chain, 3)
    table <- batch_table(run)
    expect_identical(table$v_call_beta, c("TRBV6-2", "TRBV6-2"))
    expect_error(Clustering(chain = "AB"), "method",
        class = "clustcr_error_invalid_argument")
    expect_error(
        Clustering(method = "mcl", chain = "AB")$fit(x["junction_aa_beta"]),
        "junction_aa_alpha", class = "clustcr_error_invalid_argument"
    )
})

test_that("pairs of labelled data are those of comparing all pairs", {
    skip_without_shared()
    x <- utils::read.csv(shared_path("data", "dash_human.csv"))
    columns <- c(alpha = "cdr3_a_aa", beta = "cdr3_b_aa")
    skip_if_not(all(columns %in% names(x)), "other columns")
    x <- data.frame(junction_aa_alpha = x$cdr3_a_aa,
        junction_aa_beta = x$cdr3_b_aa)
    found <- suppressMessages(as.data.frame(
        Clustering(method = "components", chain = "AB")$fit(x)
    ))
    x <- unique(x)
    codes <- function(y) lapply(y, utf8ToInt)
    a <- codes(x$junction_aa_alpha)
    b <- codes(x$junction_aa_beta)
    differ <- function(p, q) {
        if (length(p) != length(q)) 99 else sum(p != q)
    }
    near <- outer(seq_along(a), seq_along(a), Vectorize(function(i, k) {
        differ(a[[i]], a[[k]]) + differ(b[[i]], b[[k]]) == 1
    }))
    has_neighbour <- rowSums(near) > 0
    expect_setequal(
        paste(found$junction_aa_alpha, found$junction_aa_beta),
        paste(x$junction_aa_alpha, x$junction_aa_beta)[has_neighbour]
    )
})

test_that("rows of another chain are skipped and counted", {
    x <- data.frame(
        junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CAVRDSNYQLIW",
            "CARDYW"),
        v_call = c("TRBV7-9*01", NA, "TRAV3*01", "IGHV3-23*01")
    )
    run <- Clustering(method = "mcl")
    expect_message(run$batch_precluster(x, "a"), "wrong chain")
    expect_equal(run$audit()$wrong_chain, 2)
    expect_setequal(batch_table(run, singletons = TRUE)$junction_aa,
        x$junction_aa[1:2])
    a <- Clustering(method = "mcl", chain = "A")
    expect_equal(
        as.data.frame(suppressMessages(
            a$fit(x, singletons = TRUE)
        ))$junction_aa,
        c("CASSPGQAYEQYF", "CAVRDSNYQLIW")
    )
})

test_that("the million real sequences by gene are those of each gene", {
    skip_without_shared()
    file <- shared_path("data", "trb_real_1m.tsv.gz")
    skip_if_not(file.exists(file), "trb_real_1m is not there")
    x <- utils::head(suppressMessages(readCdr3(file)), 60000)
    all <- suppressMessages(neighborGraph(x, v_gene = "gene", n_cpus = 2))
    gene <- gene_level(x$v_call, "gene")
    of_genes <- lapply(split(x["junction_aa"], gene), hammingGraph)
    expect_equal(nrow(all), sum(vapply(of_genes, nrow, 1L)))
    expect_setequal(
        paste(all$v_call, all$from, all$to),
        unlist(Map(function(name, y) {
            if (nrow(y)) paste(name, y$from, y$to)
        }, names(of_genes), of_genes))
    )
})

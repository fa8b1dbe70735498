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

# All pairs compared, chain by chain, all counts by hand. `genes`: the columns
# that must be equal.
naive_annotation <- function(clusters, reference, most, genes = character(),
                             distance = "hamming", missing_genes = "none",
                             ambiguous_genes = "same") {
    by <- if (distance == "hamming") distance_of
        else function(a, b) drop(utils::adist(a, b))
    chains <- grep("^junction_aa", names(clusters), value = TRUE)
    match_genes <- if (ambiguous_genes == "same") `==` else Vectorize(
        function(a, b) {
            a == b || any(strsplit(a, ",")[[1L]] %in% strsplit(b, ",")[[1L]])
        })
    plain <- function(table) {
        table[genes] <- lapply(table[genes], sub, pattern = "[*].*",
            replacement = "")
        table$key <- do.call(paste, table[c(chains, genes)])
        lacks <- Reduce(`|`, lapply(table[genes], `==`, ""), FALSE)
        if (missing_genes == "none") table[!rep_len(lacks, nrow(table)), ]
        else table
    }
    all <- unique(clusters$cluster)
    clusters <- plain(clusters)
    reference <- plain(reference)
    rows <- list()
    for (cluster in all) {
        own <- clusters[clusters$cluster == cluster, ]
        found <- merge(own, reference, by = NULL)
        side <- function(column, end) found[[paste0(column, end)]]
        d <- Reduce(`+`, lapply(chains, function(chain) {
            as.numeric(mapply(by, side(chain, ".x"), side(chain, ".y")))
        }))
        keep <- d <= most
        for (gene in genes) {
            keep <- keep & match_genes(side(gene, ".x"), side(gene, ".y"))
        }
        found <- found[keep, ]
        d <- d[keep]
        for (label in unique(found$label)) {
            at <- found$label == label
            rows[[length(rows) + 1]] <- data.frame(
                cluster = cluster, label = label,
                members = length(unique(found$key.x[at])),
                exact = length(unique(found$key.x[at & d == 0])),
                references = length(unique(found$key.y[at])),
                matched = length(unique(found$key.y)),
                labels = length(unique(found$label))
            )
        }
    }
    rows <- do.call(rbind, rows)
    rows[order(match(rows$cluster, all), -rows$references, rows$label), ]
}

expect_annotation <- function(found, expected) {
    expect_equal(as.list(found[names(expected)]), as.list(expected),
        ignore_attr = TRUE)
    expect_equal(found$share, found$references / found$matched)
}

test_that("counts are those of comparing each pair", {
    for (seed in 1:3) {
        d <- annotated_case(seed)
        for (v_gene in c("none", "gene")) {
            for (most in 0:1) {
                expect_annotation(
                    annotateClusters(d$clusters, d$reference, v_gene = v_gene,
                        max_distance = most, permutations = 0),
                    naive_annotation(d$clusters, d$reference, most,
                        if (v_gene == "gene") "v_call")
                )
            }
        }
    }
})

# Receptors of few letters with both genes, of which some are not known.
short_case <- function(seed, n = 160) {
    withr::with_seed(seed, {
        some <- function(x) sample(x, n, TRUE)
        short <- function(letters) {
            vapply(sample(3:6, n, TRUE), function(length) {
                paste(c("C", sample(letters, length, TRUE), "F"),
                    collapse = "")
            }, "")
        }
        table <- data.frame(
            junction_aa = short(c("A", "D", "G")),
            v_call = some(c("TRBV1*01", "TRBV2", "TRBV1,TRBV2", "")),
            j_call = some(c("TRBJ1-1", "TRBJ1-1*01", "TRBJ2-7", ""))
        )
        pairs <- data.frame(junction_aa_alpha = short("A"),
            junction_aa_beta = short(c("A", "G")),
            v_call_alpha = some(c("TRAV1*01", "TRAV1", "TRAV1,TRAV2", "")),
            v_call_beta = some(c("TRBV1", "TRBV2")))
        parted <- function(table) {
            first <- seq_len(n * 0.7)
            list(
                clusters = cbind(table[first, ],
                    cluster = sample(1:10, length(first), TRUE)),
                reference = cbind(table[some(seq_len(n)), ],
                    label = some(c("A", "B", "C")))
            )
        }
        c(parted(table), pairs = list(parted(pairs)))
    })
}

test_that("the rule of neighbors is any that clusters have", {
    rules <- list(
        list(distance = "levenshtein"),
        list(distance = "levenshtein", v_gene = "gene", max_distance = 1),
        list(max_distance = 2, v_gene = "gene", j_gene = "gene"),
        list(max_distance = 0, j_gene = "gene"), list(j_gene = "gene")
    )
    d <- short_case(8)
    for (rule in rules) {
        found <- suppressMessages(do.call(annotateClusters, c(
            list(d$clusters, d$reference), rule, permutations = 0)))
        rule <- utils::modifyList(list(max_distance = 1,
            distance = "hamming"), rule)
        expect_annotation(found, naive_annotation(d$clusters, d$reference,
            rule$max_distance, c("v_call", "j_call")[
                c("v_gene", "j_gene") %in% names(rule)], rule$distance))
        expect_identical(sum(found$members > found$exact) > 5,
            rule$max_distance > 0)
    }
})

test_that("clusters of a run say by what rule receptors are compared", {
    d <- short_case(9, 240)
    rules <- list(
        list(distance = "levenshtein", v_gene = "gene"),
        list(max_distance = 2, j_gene = "gene", missing_genes = "none"),
        list(max_distance = 2, v_gene = "gene", j_gene = "gene"),
        list(distance = "levenshtein", missing_genes = "none",
            v_gene = "gene", chain = "AB"),
        list(ambiguous_genes = "any", v_gene = "gene", j_gene = "gene"),
        list(ambiguous_genes = "any", v_gene = "gene", missing_genes = "none",
            distance = "levenshtein"),
        list(ambiguous_genes = "any", v_gene = "gene", chain = "AB",
            max_distance = 2),
        list(max_distance = 2, chain = "AB"),
        list(v_gene = "gene", chain = "AB")
    )
    for (rule in rules) {
        rule <- utils::modifyList(list(distance = "hamming", max_distance = 1,
            missing_genes = "group", ambiguous_genes = "same"), rule)
        table <- if (isTRUE(rule$chain == "AB")) d$pairs else d
        x <- do.call(Clustering, c(rule, method = "components"))$fit(
            table$clusters[names(table$clusters) != "cluster"])
        genes <- unlist(lapply(c("v", "j"), function(gene) {
            if (!is.null(rule[[paste0(gene, "_gene")]])) {
                grep(paste0("^", gene, "_call"), names(table$clusters),
                    value = TRUE)
            }
        }))
        found <- suppressMessages(annotateClusters(x, table$reference,
            permutations = 0))
        expect_annotation(found, naive_annotation(as.data.frame(x),
            table$reference, rule$max_distance, genes, rule$distance,
            rule$missing_genes, rule$ambiguous_genes))
        expect_gt(sum(found$members > found$exact), 2)
        about <- attr(found, "summary")
        expect_identical(about[c("distance", "max_distance")],
            rule[c("distance", "max_distance")])
    }
    expect_output(print(suppressMessages(annotateClusters(
        Clustering(method = "components", v_gene = "gene", j_gene = "family")$
            fit(d$clusters), d$reference, permutations = 0))),
        "and J family")
})

test_that("a reference without J genes, and one of single chains, are told", {
    d <- short_case(10)
    x <- Clustering(method = "components", j_gene = "gene")$fit(d$clusters)
    expect_message(
        found <- annotateClusters(x, d$reference[names(d$reference) !=
            "j_call"], permutations = 0),
        "No row of `reference` has a J gene", class = "clustcr_message_genes")
    expect_identical(attr(found, "summary")$j_gene, "none")
    pairs <- d$pairs$clusters
    for (reference in list(d$reference, tempfile())) {
        expect_error(annotateClusters(pairs, reference),
            "for `x` is of pairs", class = "clustcr_error_invalid_argument")
    }
    expect_error(annotateClusters(d$clusters, d$pairs$reference),
        "lacks `junction_aa`", class = "clustcr_error_invalid_argument")
    for (most in list(3, -1, 1.5)) {
        expect_error(annotateClusters(d$clusters, d$reference,
            max_distance = most), "`max_distance`",
            class = "clustcr_error_invalid_argument")
    }
    expect_error(annotateClusters(d$clusters, d$reference,
        distance = "levenshtein", max_distance = 2), "`max_distance`",
        class = "clustcr_error_invalid_argument")
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

test_that("q-values are of all pairs of a cluster and a label", {
    d <- annotated_case(4, 900)
    # A label that is found with few clusters: most pairs are not seen.
    d$reference$label[1:6] <- "D"
    found <- annotateClusters(d$clusters, d$reference, permutations = 20)
    about <- attr(found, "summary")
    pairs <- about$annotated * length(unique(found$label))
    expect_gt(pairs, nrow(found))
    expect_identical(as.numeric(about$tests), as.numeric(pairs))
    expect_equal(
        found$q_value,
        p.adjust(c(found$p_value, rep(1, pairs - nrow(found))),
            "BH")[seq_len(nrow(found))]
    )
    expect_false(isTRUE(all.equal(found$q_value,
        p.adjust(found$p_value, "BH"))))
})

two_species <- data.frame(
    junction_aa = c("CASSIRSSYEQYF", "CASSLGQAYEQYF", "CASSLGQAYEQYF"),
    v_call = c("TRBV19*01", "TRBV13-1*01", "TRBV7-9*01"),
    label = c("A", "M", "H"),
    species = c("HomoSapiens", "MusMusculus", "Homo sapiens")
)

labels_of <- function(...) {
    suppressMessages(annotateClusters(..., permutations = 0))$label
}

test_that("a reference is of the clusters' species, however it is given", {
    file <- withr::local_tempfile(fileext = ".tsv")
    writeLines(c("gene\tcdr3\tv.segm\tantigen.epitope\tspecies",
        paste("TRB", two_species$junction_aa, two_species$v_call,
            two_species$label, two_species$species, sep = "\t")), file)
    clusters <- function(v_call) {
        data.frame(junction_aa = c("CASSLGQAYEQYF", "CASSLGQTYEQYF"),
            v_call = v_call, cluster = 1)
    }
    given <- list(file, two_species,
        suppressMessages(readAntigenReference(file)))
    for (reference in given) {
        human <- clusters("TRBV7-9")
        mouse <- clusters("TRBV13-1*02")
        expect_identical(labels_of(human, reference), "H")
        expect_identical(labels_of(mouse, reference), "M")
        expect_identical(labels_of(clusters("TRBV2"), reference), "H")
        expect_identical(labels_of(clusters("TRBV2")[-2], reference), "H")
        expect_identical(labels_of(human, reference, species = "Mouse"), "M")
        expect_setequal(labels_of(human, reference, species = "all"),
            c("H", "M"))
        expect_setequal(labels_of(human, reference, species =
            c("human", "mouse")), c("H", "M"))
        expect_message(annotateClusters(human, reference, permutations = 0),
            paste("1 of 3 rows left out: MusMusculus \\(1\\); clusters of `x`",
                "are of human, by their V genes"),
            class = "clustcr_message_left_out")
        expect_message(annotateClusters(mouse, reference, permutations = 0),
            "2 of 3 rows left out: .*are of mouse")
        expect_message(
            annotateClusters(clusters("TRBV2"), reference, permutations = 0),
            "no V gene of `x` tells a species, so human is taken"
        )
    }
    expect_error(annotateClusters(clusters("TRBV31"), two_species[1, ]),
        "must have receptors of mouse", class = "clustcr_error_labels")
    # No column, or one that says nothing, leaves nothing out.
    for (species in list(NULL, NA, "")) {
        bare <- two_species
        bare$species <- species
        bare$v_call <- "TRBV19"
        expect_setequal(labels_of(clusters("TRBV7-9"), bare), c("H", "M"))
    }
})

test_that("a column of other species than receptors have is no reason", {
    clusters <- data.frame(junction_aa = c("CASSLGQAYEQYF", "CASSLGQTYEQYF"),
        v_call = "TRBV7-9", cluster = 1)
    germs <- transform(two_species, species = c("CMV", "EBV", "InfluenzaA"))
    expect_setequal(labels_of(clusters, germs), c("H", "M"))
    expect_setequal(labels_of(clusters, two_species, label = "species"),
        two_species$species[2:3])
    expect_identical(labels_of(clusters, germs, species = "EBV"), "M")
})

test_that("CDR3s without their ends are told", {
    clusters <- data.frame(junction_aa = c("CASSLGQAYEQYF", "CASSLGQTYEQYF"),
        cluster = 1)
    bare <- data.frame(junction_aa = c("ASSLGQAYEQY", "ASSLGQTYEQY"),
        label = "A", cluster = 1)
    expect_message(annotateClusters(clusters, bare, permutations = 0),
        "CDR3s of `reference` do not begin", class = "clustcr_message_anchors")
    expect_message(annotateClusters(bare, cbind(clusters, label = "A"),
        permutations = 0), "CDR3s of `x` do not begin")
    expect_silent(annotateClusters(bare, bare, permutations = 0))
})

test_that("of a release only the clusters' species is taken", {
    skip_without_shared()
    file <- shared_path("data", "vdjdb.slim.txt.gz")
    known <- read.delim(file, colClasses = "character", quote = "")
    for (species in c("HomoSapiens", "MusMusculus")) {
        own <- known[known$species == species & known$gene == "TRB", ]
        x <- Clustering(method = "components", v_gene = "gene")$fit(
            data.frame(junction_aa = own$cdr3, v_call = own$v.segm))
        found <- suppressMessages(annotateClusters(x, file, permutations = 0))
        expect_true(all(found$label %in% own$antigen.epitope))
        again <- suppressMessages(annotateClusters(x, data.frame(
            junction_aa = own$cdr3, v_call = own$v.segm,
            label = own$antigen.epitope
        ), permutations = 0))
        expect_identical(found, again)
    }
})

test_that("a file's chain is the clusters' own", {
    file <- withr::local_tempfile(fileext = ".tsv")
    writeLines(c("gene\tcdr3\tv.segm\tantigen.epitope",
        "TRB\tCASSLGQAYEQYF\tTRBV7-9\tB", "TRA\tCASSLGQAYEQYF\tTRAV27\tA"),
        file)
    clusters <- function(v_call) {
        data.frame(junction_aa = "CASSLGQAYEQYF", v_call = v_call, cluster = 1)
    }
    expect_identical(labels_of(clusters("TRBV7-9"), file), "B")
    expect_identical(labels_of(clusters("TRAV27*01"), file), "A")
    expect_identical(labels_of(clusters("")[-2], file), "B")
    both <- suppressMessages(readAntigenReference(file, "AB"))
    expect_identical(labels_of(clusters("TRAV27"), both), "A")
    alpha <- Clustering(method = "components", chain = "A")$fit(
        c("CASSLGQAYEQYF", "CASSLGQTYEQYF"))
    expect_identical(labels_of(alpha, file), "A")
    expect_identical(labels_of(alpha, both), "A")
})

test_that("V genes are the same as within the clusters", {
    receptors <- data.frame(
        junction_aa = c("CASSLGQAYEQYF", "CASSLGQTYEQYF"),
        v_call = c("TRBV7-9*01", "TRBV7-9*03")
    )
    reference <- data.frame(
        junction_aa = "CASSLGQAYEQYF",
        v_call = c("TRBV7-9*01", "TRBV7-9*02", "TRBV7-8", "TRBV2"),
        label = c("allele", "gene", "family", "none")
    )
    matched <- list(none = c("allele", "family", "gene", "none"),
        family = c("allele", "family", "gene"), gene = c("allele", "gene"),
        allele = "allele")
    plain <- data.frame(receptors, cluster = 1)
    for (level in names(matched)) {
        x <- Clustering(method = "components", v_gene = level)$fit(
            if (level == "allele") transform(receptors, v_call = v_call[1])
            else receptors)
        own <- annotateClusters(x, reference, permutations = 0)
        expect_setequal(own$label, matched[[level]])
        expect_identical(attr(own, "summary")$v_gene, level)
        expect_setequal(labels_of(plain, reference, v_gene = level),
            matched[[level]])
        # What is asked for goes before the clusters' own.
        expect_setequal(labels_of(x, reference, v_gene = "none"),
            matched$none)
    }
    expect_identical(labels_of(plain, reference), labels_of(plain, reference,
        v_gene = FALSE))
    expect_identical(labels_of(plain, reference, v_gene = TRUE),
        labels_of(plain, reference, v_gene = "gene"))
    # No V gene to compare: told.
    x <- Clustering(method = "components", v_gene = "gene")$fit(receptors)
    for (bare in list(reference[-2], transform(reference, v_call = ""))) {
        expect_message(
            found <- annotateClusters(x, bare, permutations = 0),
            "No row of `reference` has a V gene",
            class = "clustcr_message_genes"
        )
        expect_setequal(found$label, matched$none)
    }
    expect_output(print(annotateClusters(x, reference)), "of the same V gene")
    expect_error(annotateClusters(plain, reference, v_gene = "genes"),
        "`v_gene` must be one of", class = "clustcr_error_invalid_argument")
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
    refused("lacks `v_call`", d$clusters, d$reference[-2], v_gene = "gene")
    refused("none of its", d$clusters, transform(d$reference, label = ""),
        kind = "labels")
})

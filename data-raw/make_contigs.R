# Makes the single cells in inst/extdata/cells from the synthetic cohort:
#     Rscript data-raw/make_contigs.R
# Six groups of similar receptors, as responses to an antigen have them, and
# others at random. Needs the package itself, for the groups.
folder <- "inst/extdata/cells"
.libPaths(c(".build/library", .libPaths()))
suppressMessages(library(clustcr))
set.seed(20212, "Mersenne-Twister", "Inversion", "Rejection")

cohort <- system.file("extdata", "cohort", package = "clustcr")
files <- list.files(cohort, "tsv[.]gz$", full.names = TRUE)
pool <- do.call(rbind, lapply(files, readRepertoire))
pool <- unique(pool[c("junction_aa", "v_call", "j_call")])
clusters <- as.data.frame(Clustering(method = "mcl", v_gene = "gene",
    mcl_params = c(1.5, 2))$fit(pool))
sizes <- table(clusters$cluster)
groups <- as.integer(names(sort(-sizes))[1:6])

# Alphas: ends as germline genes have them, and residues by chance between.
residues <- strsplit("ADEGKLNPRSTVY", "")[[1]]
alphas <- data.frame(
    v = c("TRAV12-1", "TRAV13-1", "TRAV21", "TRAV29DV5", "TRAV38-2DV8",
        "TRAV8-3"),
    j = c("TRAJ33", "TRAJ43", "TRAJ12", "TRAJ20", "TRAJ45", "TRAJ9"),
    end = c("SNYQLIW", "NNNDMRF", "SYKLIF", "DYKLSF", "GADGLTF", "GFKTIF")
)
random_alpha <- function(n) {
    gene <- sample(nrow(alphas), n, TRUE)
    middle <- vapply(sample(3:6, n, TRUE), function(k) {
        paste(sample(residues, k, TRUE), collapse = "")
    }, "")
    data.frame(cdr3 = paste0("CA", middle, alphas$end[gene]),
        v = alphas$v[gene], j = alphas$j[gene])
}
group_alpha <- function(group, n) {
    one <- random_alpha(1)
    found <- one[rep(1, n), ]
    other <- which(runif(n) < 0.4)
    at <- sample(4:5, length(other), TRUE)
    substr(found$cdr3[other], at, at) <- sample(residues, length(other), TRUE)
    found
}

# Receptors of the groups, some of them in several cells.
responding <- do.call(rbind, lapply(seq_along(groups), function(g) {
    beta <- clusters[clusters$cluster == groups[g], ]
    beta <- beta[sample(nrow(beta), min(nrow(beta), 20)), ]
    found <- cbind(group = g, group_alpha(g, nrow(beta)),
        pool[match(beta$junction_aa, pool$junction_aa), ])
    found[rep(seq_len(nrow(found)), sample(1:3, nrow(found), TRUE)), ]
}))
others <- 280
random <- cbind(group = 0, random_alpha(others),
    pool[sample(nrow(pool), others), ])
receptors <- rbind(responding, random)
receptors <- receptors[sample(nrow(receptors)), ]
n <- nrow(receptors)
without <- 100   # cells of which only the expression is known

random_barcode <- function(n) {
    paste0(replicate(n, paste(sample(c("A", "C", "G", "T"), 16, TRUE),
        collapse = "")), "-1")
}
barcode <- random_barcode(n + without)
stopifnot(!anyDuplicated(barcode))
state <- ifelse(receptors$group %in% 1:3 & runif(n) < 0.85, "effector",
    ifelse(receptors$group > 0 & runif(n) < 0.85, "memory",
        sample(c("naive", "memory", "effector"), n, TRUE, c(7, 2, 1))))
cells <- data.frame(barcode = barcode, state = c(state,
    sample(c("naive", "memory", "effector"), without, TRUE)))

codon <- c(A = "GCC", C = "TGC", D = "GAC", E = "GAG", F = "TTC", G = "GGC",
    H = "CAC", I = "ATC", K = "AAG", L = "CTG", M = "ATG", N = "AAC",
    P = "CCC", Q = "CAG", R = "AGG", S = "AGC", T = "ACC", V = "GTG",
    W = "TGG", Y = "TAC")
nucleotides <- function(text) {
    vapply(strsplit(text, ""), function(x) paste(codon[x], collapse = ""), "")
}
contig <- function(barcode, number, chain, v, j, cdr3, productive = "true") {
    umis <- sample(1:20, length(barcode), TRUE)
    data.frame(
        barcode = barcode, is_cell = "true",
        contig_id = paste0(barcode, "_contig_", number),
        high_confidence = "true",
        length = sample(480:620, length(barcode), TRUE), chain = chain,
        v_gene = sub("[*].*", "", v), d_gene = "",
        j_gene = sub("[*].*", "", j), c_gene = paste0(chain,
            ifelse(chain == "TRB", "C1", "C")), full_length = "true",
        productive = productive, cdr3 = cdr3, cdr3_nt = nucleotides(cdr3),
        reads = umis * sample(40:90, length(barcode), TRUE), umis = umis,
        raw_clonotype_id = "", raw_consensus_id = "",
        exact_subclonotype_id = ""
    )
}
own <- barcode[seq_len(n)]
alpha <- runif(n) < 0.9
beta <- runif(n) < 0.95 | !alpha
# Some cells have a second alpha, with fewer UMIs; some contigs are not
# productive.
second <- which(alpha & runif(n) < 0.06)
extra <- random_alpha(length(second))
broken <- sample(n, 15)
contigs <- rbind(
    contig(own[beta], 1, "TRB", receptors$v_call[beta], receptors$j_call[beta],
        receptors$junction_aa[beta]),
    contig(own[alpha], 2, "TRA", receptors$v[alpha], receptors$j[alpha],
        receptors$cdr3[alpha]),
    contig(own[second], 3, "TRA", extra$v, extra$j, extra$cdr3),
    contig(own[broken], 4, "TRB", "TRBV7-9", "TRBJ2-7", "CASSF", "false")
)
contigs$umis[contigs$contig_id %in% paste0(own[second], "_contig_3")] <- 1
contigs <- contigs[order(contigs$barcode, contigs$contig_id), ]

dir.create(folder, FALSE, TRUE)
for (name in c("filtered_contig_annotations", "cells")) {
    table <- if (name == "cells") cells else contigs
    plain <- file.path(folder, paste0(name, ".csv"))
    write.csv(table, plain, row.names = FALSE, quote = FALSE)
    system2("gzip", c("-9", "-n", "-f", plain))
}

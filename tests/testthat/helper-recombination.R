# Small models of recombination that are made up, the files of one, and all that
# it can make, by writing out every event.

complement <- function(bases) {
    chartr("ACGT", "TGCA", paste(rev(strsplit(bases, "")[[1L]]), collapse = ""))
}

random_bases <- function(n) {
    paste(sample(c("A", "C", "G", "T"), n, TRUE), collapse = "")
}

shares <- function(rows, columns) {
    x <- matrix(stats::rexp(rows * columns), rows)
    signif(x / rowSums(x), 12)
}

# V genes have two letters before the CDR3, J genes two behind it.
random_model <- function(seed, d = TRUE, v_bases = 5, j_bases = 6) {
    withr::with_seed(seed, {
        model <- list(
            v = data.frame(name = c("TRBV1*01", "TRBV1*02", "TRBV2*01"),
                bases = paste0("AC", "TG", replicate(3,
                    random_bases(v_bases - 2))), anchor = 2, used = "F"),
            j = data.frame(name = c("TRBJ1-1*01", "TRBJ2-7*01"),
                bases = paste0(replicate(2, random_bases(j_bases)), "GA"),
                anchor = j_bases - 3, used = "F"),
            v_del = c(-2, 0, 1, 3), j_del = c(1, -1, 0, 2), ins = c(1, 0, 2),
            v_p = shares(1, 3), v_del_p = shares(3, 4), j_del_p = shares(2, 4),
            ins_p = shares(1, 3), chain_p = shares(4, 4)
        )
        if (d) {
            model$d <- data.frame(name = c("TRBD1*01", "TRBD2*01"),
                bases = replicate(2, random_bases(4)))
            model$d5_del <- c(0, -1, 2)
            model$d3_del <- c(2, 0, -1)
            model$d5_p <- shares(2, 3)
            model$d3_p <- array(shares(6, 3), c(2, 3, 3))
            model$ins2_p <- shares(1, 3)
            model$chain2_p <- shares(4, 4)
            model$j_p <- shares(1, 2)
            model$d_p <- shares(2, 2)
        } else {
            model$j_p <- shares(3, 2)
        }
        model
    })
}

# One whose V begin with C and whose J end with F.
whole_model <- function(seed, d = TRUE) {
    spec <- random_model(seed, d)
    spec$v$bases <- c("ACTGTGC", "ACTGTAG", "ACTGTTCG")
    spec$j$bases <- c("CATTCGA", "GGCTTTGA")
    spec$j$anchor <- c(2, 3)
    spec
}

event_lines <- function(kind, name, values, bases = NULL) {
    # In any order, as the published files have them.
    at <- rev(seq_along(values))
    c(paste0("#", kind, ";gene;side;5;", name),
        paste0("%", values[at], if (!is.null(bases)) paste0(";", bases[at]),
            ";", at - 1))
}

# `p`: an array of what it is conditional on, its own values last.
marginal_lines <- function(name, p, given = character()) {
    if (!length(given)) p <- array(p, length(p))
    sizes <- dim(p)
    rows <- expand.grid(rev(lapply(sizes[-length(sizes)], seq_len)))
    rows <- rows[, rev(seq_along(rows)), drop = FALSE]
    lines <- vapply(seq_len(max(nrow(rows), 1)), function(i) {
        place <- unlist(rows[i, ])
        values <- if (length(given)) {
            p[cbind(matrix(place, sizes[length(sizes)], length(place),
                byrow = TRUE), seq_len(sizes[length(sizes)]))]
        } else {
            p
        }
        paste0("#", paste0("[", given, ",", place - 1, "]",
            recycle0 = TRUE, collapse = ","), "\n%",
        paste(sprintf("%.15g", values), collapse = ","))
    }, "")
    c(paste0("@", name), paste0("$Dim[", paste(sizes, collapse = ","), "]"),
        lines)
}

write_model <- function(model, folder = withr::local_tempdir(.local_envir =
    parent.frame())) {
    d <- !is.null(model$d)
    first <- if (d) "vd" else "vj"
    params <- c("@Event_list",
        event_lines("GeneChoice", "v_choice", model$v$name, model$v$bases),
        if (d) event_lines("GeneChoice", "d_gene", model$d$name,
            model$d$bases),
        event_lines("GeneChoice", "j_choice", model$j$name, model$j$bases),
        event_lines("Deletion", "v_3_del", model$v_del),
        if (d) event_lines("Deletion", "d_3_del", model$d3_del),
        if (d) event_lines("Deletion", "d_5_del", model$d5_del),
        event_lines("Deletion", "j_5_del", model$j_del),
        event_lines("Insertion", paste0(first, "_ins"), model$ins),
        if (d) event_lines("Insertion", "dj_ins", model$ins),
        event_lines("DinucMarkov", paste0(first, "_dinucl"),
            c("A", "C", "G", "T")),
        if (d) event_lines("DinucMarkov", "dj_dinucl", c("A", "C", "G", "T")),
        "@Edges", "@ErrorRate", "#SingleErrorRate", "0.001")
    marginals <- c(marginal_lines("v_choice", model$v_p),
        if (d) marginal_lines("j_choice", model$j_p)
        else marginal_lines("j_choice", model$j_p, "v_choice"),
        if (d) marginal_lines("d_gene", model$d_p, "j_choice"),
        marginal_lines("v_3_del", model$v_del_p, "v_choice"),
        if (d) marginal_lines("d_5_del", model$d5_p, "d_gene"),
        if (d) marginal_lines("d_3_del", model$d3_p, c("d_gene", "d_5_del")),
        marginal_lines("j_5_del", model$j_del_p, "j_choice"),
        marginal_lines(paste0(first, "_ins"), model$ins_p),
        marginal_lines(paste0(first, "_dinucl"), t(model$chain_p)),
        if (d) marginal_lines("dj_ins", model$ins2_p),
        if (d) marginal_lines("dj_dinucl", t(model$chain2_p)))
    writeLines(params, file.path(folder, "model_params.txt"))
    writeLines(marginals, file.path(folder, "model_marginals.txt"))
    for (gene in c("v", "j")) {
        writeLines(c("gene,anchor_index,function", paste(model[[gene]]$name,
            model[[gene]]$anchor, model[[gene]]$used, sep = ",")),
        file.path(folder, paste0(toupper(gene), "_gene_CDR3_anchors.csv")))
    }
    folder
}

# What is left of bases when `n` letters of the end go (or, below 0, come).
cut_end <- function(bases, n) {
    if (n < 0) {
        size <- nchar(bases)
        return(paste0(bases, complement(substr(bases, size + n + 1, size))))
    }
    if (n > nchar(bases)) NA else substr(bases, 1, nchar(bases) - n)
}
cut_start <- function(bases, n) complement(cut_end(complement(bases), n))

all_insertions <- function(lengths, p, chain) {
    start <- eigen(t(chain))$vectors[, 1]
    start <- Re(start) / sum(Re(start))
    found <- list()
    for (i in seq_along(lengths)) {
        rows <- as.matrix(expand.grid(rep(list(1:4), lengths[i])))
        q <- rep(p[i], max(nrow(rows), 1))
        for (k in seq_len(lengths[i])) {
            q <- q * if (k == 1) start[rows[, 1]] else
                chain[rows[, k - 1:0, drop = FALSE]]
        }
        text <- if (lengths[i]) apply(rows, 1, function(x) {
            paste(c("A", "C", "G", "T")[x], collapse = "")
        }) else ""
        found[[i]] <- data.frame(text = text, p = q)
    }
    do.call(rbind, found)
}

joined_parts <- function(a, b) {
    at <- expand.grid(a = seq_len(nrow(a)), b = seq_len(nrow(b)))
    rest <- setdiff(names(b), c("text", "p"))
    cbind(text = paste0(a$text[at$a], b$text[at$b]), p = a$p[at$a] * b$p[at$b],
        a[at$a, setdiff(names(a), c("text", "p")), drop = FALSE],
        b[at$b, rest, drop = FALSE])
}

# Every event: the letters of the CDR3 and the alleles, with the probability.
all_events <- function(model) {
    own <- substring(model$v$bases, model$v$anchor + 1)
    end <- substr(model$j$bases, 1, model$j$anchor + 3)
    rows <- function(list) do.call(rbind, list)
    v <- rows(lapply(seq_along(own), function(i) {
        data.frame(text = vapply(model$v_del, function(n) cut_end(own[i], n),
            ""), p = model$v_p[i] * model$v_del_p[i, ], v = i)
    }))
    j <- rows(lapply(seq_along(end), function(i) {
        data.frame(text = vapply(model$j_del, function(n) cut_start(end[i], n),
            ""), p = model$j_del_p[i, ], j = i)
    }))
    # Of what is cut beyond the CDR3 nothing is made.
    v <- v[!is.na(v$text) & nzchar(v$text), ]
    j <- j[!is.na(j$text) & nzchar(j$text), ]
    first <- all_insertions(model$ins, model$ins_p, model$chain_p)
    left <- joined_parts(v, first)
    if (is.null(model$d)) {
        found <- joined_parts(left, j)
        found$p <- found$p * model$j_p[cbind(found$v, found$j)]
        return(found)
    }
    second <- all_insertions(model$ins, model$ins2_p, model$chain2_p)
    second$text <- vapply(second$text, function(x) {
        paste(rev(strsplit(x, "")[[1L]]), collapse = "")
    }, "")
    d <- rows(lapply(seq_along(model$d$bases), function(i) {
        rows(lapply(seq_along(model$d5_del), function(l) {
            rows(lapply(seq_along(model$d3_del), function(r) {
                bases <- model$d$bases[i]
                if (model$d5_del[l] + model$d3_del[r] > nchar(bases)) {
                    return(NULL)
                }
                # What both ends lose, and what each gains.
                core <- cut_start(cut_end(bases, max(model$d3_del[r], 0)),
                    max(model$d5_del[l], 0))
                before <- if (model$d5_del[l] < 0) {
                    complement(substr(bases, 1, -model$d5_del[l]))
                } else {
                    ""
                }
                behind <- if (model$d3_del[r] < 0) {
                    complement(substring(bases,
                        nchar(bases) + model$d3_del[r] + 1))
                } else {
                    ""
                }
                data.frame(text = paste0(before, core, behind),
                    p = model$d5_p[i, l] * model$d3_p[i, l, r], d = i)
            }))
        }))
    }))
    right <- joined_parts(second, j)
    right$p <- right$p * model$j_p[right$j]
    found <- joined_parts(joined_parts(left, d), right)
    found$p <- found$p * model$d_p[cbind(found$j, found$d)]
    found
}

codons <- local({
    bases <- c("T", "C", "A", "G")
    names <- paste0(rep(bases, each = 16), rep(rep(bases, each = 4), 4),
        rep(bases, 16))
    stats::setNames(strsplit(paste0("FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIM",
        "TTTTNNKKSSRRVVVVAAAADDEEGGGG"), "")[[1L]], names)
})

# NA where it is out of frame or has a stop.
translated <- function(text) {
    distinct <- unique(text)
    found <- vapply(distinct, function(x) {
        if (nchar(x) %% 3 != 0 || !nzchar(x)) return(NA_character_)
        at <- seq(1, nchar(x), 3)
        paste(codons[substring(x, at, at + 2)], collapse = "")
    }, "")
    found[grepl("*", found, fixed = TRUE)] <- NA
    unname(found[match(text, distinct)])
}

# The model that the package ships.
made_up_model <- function() {
    system.file("extdata", "made_up_model", package = "clustcr")
}

# All CDR3s that differ at one residue at most.
variants <- function(text) {
    unique(unlist(lapply(seq_len(nchar(text)), function(i) {
        vapply(residues, function(x) {
            substr(text, i, i) <- x
            text
        }, "")
    })))
}

# Events that begin with C and end with F, V or W.
productive_events <- function(spec) {
    events <- all_events(spec)
    events$aa <- translated(events$text)
    events <- events[grepl("^C.*[FVW]$", events$aa), ]
    events$v_gene <- sub("[*].*", "", spec$v$name[events$v])
    events$j_gene <- sub("[*].*", "", spec$j$name[events$j])
    events
}

# Some of them as receptors, drawn without the package.
generateable <- function(spec, n, seed = 1) {
    events <- productive_events(spec)
    at <- withr::with_seed(seed, sample(nrow(events), n, TRUE, events$p))
    data.frame(junction_aa = events$aa[at], v_call = spec$v$name[events$v[at]],
        j_call = spec$j$name[events$j[at]])
}

ball_given_genes <- function(spec, junction_aa, v_gene, j_gene) {
    all <- all_events(spec)
    all$aa <- translated(all$text)
    all$v_gene <- sub("[*].*", "", spec$v$name[all$v])
    all$j_gene <- sub("[*].*", "", spec$j$name[all$j])
    good <- grepl("^C.*[FVW]$", all$aa)
    vapply(seq_along(junction_aa), function(i) {
        same <- all$v_gene == v_gene[i] & all$j_gene == j_gene[i]
        sum(all$p[same & all$aa %in% variants(junction_aa[i])]) /
            sum(all$p[same & good])
    }, 0)
}

# What annotateClusters() compares: the receptors of clusters, and those of a
# reference that are of their chain and species, by the clusters' own rule.

# References have single chains.
refuse_pairs <- function(clusters) {
    if (any(grepl(chain_separator, clusters$junction_aa, fixed = TRUE))) {
        bad_argument("`x` must be of one chain, not of pairs; choose ",
            "one, as in transform(as.data.frame(x), junction_aa = ",
            "junction_aa_beta)")
    }
}

# A data.frame or a file as it was given, without the rows of other chains and
# species than those of the clusters.
fitting_reference <- function(reference, label, clusters, rule, species) {
    loci <- loci_of_clusters(clusters, rule)
    shown <- "`reference`"
    if (is.character(reference)) {
        file <- check_string(reference, "reference")
        reference <- read_reference(file, loci)
        shown <- shown_file(file)
    }
    reference <- plain_frame(reference)
    if (!is.data.frame(reference)) {
        bad_argument("`reference` must be a data.frame or the path of a file, ",
            "not ", given(reference))
    }
    check_columns(reference, c("junction_aa", label), "reference")
    reference <- with_species(reference, label)
    reference <- reference_of_loci(reference, loci)
    tell_other_ends(clusters, reference)
    wanted <- check_species(species)
    if (!is.null(wanted)) {
        return(reference_of_species(reference, wanted, shown))
    }
    # Where it is a label, or names what receptors are not of, it is no reason.
    hosts <- species_key(reference[["species"]]) %in% names(species_names)
    if (label == "species" || !any(hosts)) return(reference)
    told <- species_of_receptors(clusters$v_call)
    reference_of_species(reference, told$species, shown, told$why)
}

# `species` where it is blank or not there and a column of another usual name
# has names of hosts only: that of an antigen's organism has others, too.
with_species <- function(reference, label) {
    if (label == "species") return(reference)
    species <- as.character(reference[["species"]])
    if (!length(species)) species <- character(nrow(reference))
    blank <- !nzchar(species_key(species))
    if (!any(blank)) return(reference)
    usual <- normal_name(names(reference)) %in% c("species", "organism",
        "host", "host_species", "host_organism")
    others <- setdiff(names(reference)[usual], c("species", label))
    for (column in others) {
        key <- setdiff(species_key(as.character(reference[[column]])), "")
        if (length(key) && all(key %in% names(species_names))) {
            species[blank] <- as.character(reference[[column]])[blank]
            reference$species <- species
            break
        }
    }
    reference
}

# A junction equals no CDR3 without its conserved ends.
tell_other_ends <- function(clusters, reference) {
    begin <- function(table) {
        mean(startsWith(as.character(table$junction_aa), "C"), na.rm = TRUE)
    }
    shares <- c(x = begin(clusters), reference = begin(reference))
    if (anyNA(shares) || min(shares) > 0.1 || max(shares) < 0.9) {
        return(invisible())
    }
    inform("anchors", "CDR3s of `", names(which.min(shares)), "` do not begin ",
        "with C, but those of `", names(which.max(shares)), "` do. ",
        "Without their conserved ends, they match nothing.")
}

# By what they were clustered for, or by their genes; "TRB" where nothing tells.
loci_of_clusters <- function(clusters, rule) {
    if (length(rule$chain)) return(loci_of_chain(rule$chain))
    v_call <- clusters$v_call
    if (is.null(v_call)) v_call <- rep_len("", nrow(clusters))
    share <- prop.table(table(factor(gene_locus(v_call, clusters$j_call),
        c("TRA", "TRB"))))
    loci <- names(which(share > 0.1))
    if (length(loci)) loci else "TRB"
}

reference_of_loci <- function(reference, loci) {
    if (is.null(reference$locus)) return(reference)
    own <- imgt_locus(reference$locus) %in% c("", loci)
    if (!all(own)) {
        inform("left_out", "`reference`: ", shown_number(sum(!own)), " of ",
            count_text(length(own), "row"), " left out: of another chain than ",
            paste(loci, collapse = " and "))
    }
    reference[own, , drop = FALSE]
}

# The level at which V genes must be the same: as asked for, or the clusters'.
annotation_v_gene <- function(v_gene, rule, clusters, reference) {
    tables <- list(x = clusters, reference = reference)
    if (!is.null(v_gene)) {
        if (is.logical(v_gene) && length(v_gene) == 1L && !is.na(v_gene)) {
            word <- if (v_gene) "gene" else "none"
            deprecated("`v_gene = ", v_gene, "` is `v_gene = \"", word,
                "\"` now")
            v_gene <- word
        }
        check_choice(v_gene, "v_gene", gene_levels)
        if (v_gene != "none") {
            for (name in names(tables)) {
                check_columns(tables[[name]], "v_call", name)
            }
        }
        return(v_gene)
    }
    level <- if (is.null(rule$v_gene)) "none" else rule$v_gene
    if (level == "none") return(level)
    lacking <- vapply(tables, function(table) {
        is.null(table$v_call) || all(!nzchar(gene_level(table$v_call, level)))
    }, NA)
    if (!any(lacking)) return(level)
    inform("genes", "No row of ", paste0("`", names(tables)[lacking], "`",
        collapse = " and "), " has a V gene, but the clusters were made ",
        "by V genes (`v_gene = \"", level, "\"`): receptors are compared by ",
        "CDR3 alone.")
    "none"
}

# With `gene`, the text that is compared, and `key`, the receptor.
keyed_receptors <- function(table, v_gene, name) {
    table <- as.data.frame(table)
    table$junction_aa <- as_text_column(table$junction_aa, "junction_aa", name)
    table$key <- table$junction_aa
    table$gene <- rep_len("", nrow(table))
    if (v_gene != "none") {
        table$gene <- gene_level(as_text_column(table$v_call, "v_call", name),
            v_gene)
        table$key <- paste(table$key, table$gene, sep = "\t")
    }
    table
}

# Distinct receptors with a valid sequence and, where it counts, a V gene.
unique_receptors <- function(table, v_gene, name) {
    table <- table[intersect(c("key", "junction_aa", "gene", "cluster"),
        names(table))]
    valid <- cpp_sequence_problems(table$junction_aa, longest_sequence) == 0L
    if (v_gene != "none") valid <- valid & nzchar(table$gene)
    if (!all(valid)) {
        inform("left_out", "`", name, "`: ", shown_number(sum(!valid)), " of ",
            count_text(length(valid), "row"), " left out (no valid sequence",
            if (v_gene != "none") " or no V gene", ")")
    }
    table <- table[valid, , drop = FALSE]
    table[!duplicated(table[intersect(c("key", "cluster"), names(table))]), ,
        drop = FALSE]
}

match_receptors <- function(members, entries, distance, threads) {
    genes <- unique(entries$gene)
    class <- match(members$gene, genes)
    there <- which(!is.na(class))
    found <- cpp_search_pairs(
        entries$junction_aa, match(entries$gene, genes),
        members$junction_aa[there], class[there], longest_sequence, threads
    )
    near <- found$distance <= distance
    list(
        member = there[found$other[near]], entry = found$held[near],
        exact = found$distance[near] == 0L
    )
}

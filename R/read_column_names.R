# Our columns, and what they are called, whoever made the table: for each the
# usual names, the best first. Formats (R/read_<format>.R) name their own before
# these, and hide no column that they do not name.

our_columns <- c(
    "junction_aa", "v_call", "j_call", "duplicate_count", "repertoire_id",
    "sequence_id", "locus", "productive", "cell_id"
)

paired_columns <- c(
    outer(c("junction_aa", "v_call", "j_call"), chain_names, paste,
        sep = "_")
)

# From what is a gene to what is told where it is not known. Those of J genes
# are the same but for the letter.
v_names <- c(
    "v_call", "v_gene", "v", "bestVHit", "bestVGene", "v_segm", "v_segment",
    "v_segments", "v_name", "v_region", "v_gene_name", "v_gene_and_allele",
    "v_allele", "v_genes", "v_hit", "v_gene_call", "vMaxResolved", "v_resolved",
    "allVHitsWithScore", "allVHits", "v_gene_dominant", "vGeneNameTies",
    "v_gene_ties", "v_chains", "v_family", "vFamilyName", "v_gene_family",
    "v_subgroup", "v_subfamily"
)

usual_names <- list(
    # Never those that are nucleotides elsewhere.
    junction_aa = c(
        "junction_aa", "cdr3_aa", "cdr3_amino_acid", "cdr3_amino_acids",
        "cdr3_amino_acid_sequence", "cdr3_aa_sequence", "amino_acid_cdr3",
        "aa_cdr3", "cdr3_protein", "cdr3_translation", "aaSeqCDR3",
        "AA. Seq. CDR3", "amino_acid", "AA Sequence", "junction_amino_acid",
        "aa_junction", "cdr3_amino_acid_seq", "cdr3_aa_seq", "cdr3_imgt_aa",
        "cdr3_pep", "cdr3_peptide", "aa_seq", "cdr3"
    ),
    v_call = v_names,
    j_call = sub("^v", "j", sub("^(best|all)V", "\\1J", v_names)),
    # Molecules, then cells and clones, then what may be any of these, then
    # reads.
    duplicate_count = c(
        "duplicate_count", "umi_count", "umis", "umi", "n_umi", "n_umis",
        "num_umis", "uniqueMoleculeCount", "uniqueUMICount", "molecule_count",
        "templates", "template_count", "count (templates)",
        "count (templates/reads)", "clones", "clone_count", "clone_size",
        "clonotype_count", "cell_count", "n_cells", "num_cells", "count",
        "counts", "copies", "copy", "copy_number", "abundance", "seq_count",
        "sequence_count", "number_of_sequences", "total_count",
        "total_counts", "consensus_count", "reads", "read_count",
        "n_reads", "num_reads", "seq_reads", "count (reads)"
    ),
    repertoire_id = c("repertoire_id", "sample_id", "sample", "sample_name",
        "orig.ident", "RunId", "library_id", "donor", "donor_id", "library",
        "subject_id", "subject", "patient_id", "patient", "participant_id",
        "participant", "individual_id", "individual", "mouse_id",
        "animal_id", "subject:condition"),
    sequence_id = c("sequence_id", "contig_id", "contig"),
    locus = c("locus", "chain", "chains", "chain_type", "topChains",
        "tcr_chain", "chain_name"),
    productive = c("productive", "isProductive", "isProductiveCDR3",
        "sequenceStatus", "frame_type", "V-DOMAIN Functionality"),
    cell_id = c("cell_id", "barcode", "cell_barcode", "cell", "cell_name",
        "cell_index", "tagValueCELL"),
    is_cell = c("is_cell", "putative_cell")
)

# What a chain is called where each has columns of its own, as in cdr3_alpha,
# TRB_v_gene, v_call_VDJ, IR_VJ_1_junction_aa; the last are scirpy's and
# dandelion's.
vdj_words <- c("vdj", "vdj_1", "ir_vdj_1", "vdj_main")
vj_words <- c("vj", "vj_1", "ir_vj_1", "vj_main")
chain_words <- list(
    TRB = c("beta", "b", "trb", "tcrb", "tcr_beta", vdj_words),
    TRA = c("alpha", "a", "tra", "tcra", "tcr_alpha", vj_words),
    TRG = c("gamma", "g", "trg", "tcrg", "tcr_gamma"),
    TRD = c("delta", "d", "trd", "tcrd", "tcr_delta")
)

# Names of a chain's columns, by patterns with % for its word.
chain_columns_of <- function(words) {
    named <- function(...) {
        unlist(lapply(c(...), function(pattern) {
            vapply(words, function(word) {
                sub("%", word, pattern, fixed = TRUE)
            }, "", USE.NAMES = FALSE)
        }))
    }
    genes <- function(letter) {
        kinds <- c("_call", "_gene", "", "_segment", "_segm", "_name")
        named(paste0("%_", letter, kinds), paste0(letter, kinds, "_%"),
            paste0(letter, "_%", kinds))
    }
    list(
        junction_aa = named("junction_aa_%", "%_junction_aa", "cdr3_aa_%",
            "cdr3_%_aa", "cdr3_%_aa_seq", "%_cdr3_aa", "cdr3_%", "%_cdr3"),
        v_call = genes("v"), j_call = genes("j")
    )
}

usual_chain_names <- lapply(chain_words, chain_columns_of)

# Of which a blank is filled from the next column that has something: all but
# CDR3s, whose columns differ in their ends. An empty `repertoire_id` hid the
# `sample_id` beside it, and cells of two people became pairs.
filled_columns <- setdiff(our_columns, "junction_aa")
filled_columns <- c(filled_columns, "is_cell")

# But these have a blank filled by no other: `cell` may be a kind of cells.
filling_none <- "cell"

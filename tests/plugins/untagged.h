/* scripts/check_abi_tags must find the second pointer of this file. */
typedef struct overture_untagged {
    /* Says which threads.
     * [any] */
    void (*tagged)(void);
    /* Says nothing of threads: [any] stands in the middle
     * and the last line says something else. */
    int field;
    void (*untagged)(void);
} overture_untagged_t;

/* What the files of pv-init's shim share. SpawnRequest.cs has the same structures. */
#ifndef PV_SPAWN_H
#define PV_SPAWN_H
#include <errno.h>
#include <stdint.h>

/* The numbers are those of SpawnStage.cs. */
enum stage {
    STAGE_NONE, STAGE_FORK, STAGE_SESSION, STAGE_DESCRIPTORS, STAGE_TERMINAL, STAGE_LIMITS, STAGE_PRIORITY,
    STAGE_OOM_SCORE, STAGE_GROUPS, STAGE_GROUP, STAGE_USER, STAGE_NO_NEW_PRIVILEGES, STAGE_DIRECTORY, STAGE_EXEC,
    STAGE_CGROUP
};

/* Which optional fields count. */
enum { SET_UMASK = 1, SET_NICE = 2, SET_OOM_SCORE = 4, SET_GROUPS = 8, SET_GID = 16, SET_UID = 32, SET_NO_NEW_PRIVS = 64 };

struct limit { int32_t resource; int32_t unused; uint64_t soft, hard; };

/* The layout is that of SpawnRequest.cs. */
struct request {
    const char *const *candidates;  /* paths for execve, the first that exists counts; ends with NULL */
    char *const *argv;
    char *const *envp;
    const char *directory;          /* NULL: the parent's */
    const int32_t *sources;         /* descriptors of the parent … */
    const int32_t *targets;         /* … and their numbers in the child, each once */
    char *listen_pid;               /* 11 bytes inside an envp string that get the child's pid; or NULL */
    const uint32_t *groups;
    const struct limit *limits;
    int32_t mapping_count, group_count, limit_count;
    int32_t grouping;               /* 0: leads a session; 1: leads a process group; 2: neither */
    int32_t terminal;               /* the target that becomes the controlling terminal; -1: none */
    uint32_t set;
    uint32_t umask;
    int32_t nice, oom_score;
    uint32_t uid, gid;
    int32_t cgroup;                 /* the descriptor of a cgroup v2 directory to be put into; -1: none */
    int32_t wants_pidfd;
    int32_t pidfd;                  /* out: -1 when none is wanted, or none is left */
    int32_t stage, error;           /* out */
};

/* The parent's descriptor of /dev/null, which costs a child less than to open it; -1: none. */
extern int pv_null;

/* Notes errno as what went wrong, and returns -1. The request is the parent's memory: that is how the child reports. */
static inline int pv_fail(volatile struct request *r, enum stage stage)
{
    r->error = errno;
    r->stage = stage;
    return -1;
}

/* Makes the child what the request says, and executes its program. Returns -1, with stage and error set, when that cannot be done. */
int pv_become(struct request *r, int handlers_are_cleared);

#endif

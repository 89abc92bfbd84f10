/*
 * What std's backtrace names of libunwind. clawtap is built with panic=abort and stripped, so nothing is ever
 * unwound and a backtrace would hold bare addresses: it ends at its first frame.
 */

typedef unsigned long word;

enum { END_OF_STACK = 5 };

int _Unwind_Backtrace(void *each_frame, void *argument) { return END_OF_STACK; }
void *_Unwind_FindEnclosingFunction(void *address) { return 0; }
word _Unwind_GetCFA(void *context) { return 0; }
word _Unwind_GetIP(void *context) { return 0; }
word _Unwind_GetIPInfo(void *context, int *before) { return 0; }
word _Unwind_GetRegionStart(void *context) { return 0; }
word _Unwind_GetTextRelBase(void *context) { return 0; }
word _Unwind_GetDataRelBase(void *context) { return 0; }
void *_Unwind_GetLanguageSpecificData(void *context) { return 0; }

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

internal enum FreezeFailure
{
    /// <summary>The kernel or a security module does not allow tracing it.</summary>
    NotPermitted,

    /// <summary>A debugger or another snapshot holds it; a process has one tracer at a time.</summary>
    AlreadyTraced,

    /// <summary>It did not stop, or was not to be interrupted, within the deadline; another moment may suit.</summary>
    Busy,

    /// <summary>It has ended.</summary>
    Gone,

    /// <summary>It cannot be copied in this state, or at all; the message says which.</summary>
    Refused,
}

namespace HeapDrift.Profiling.Detection;

/// <summary>What a process's memory does, as far as was seen.</summary>
internal enum LeakState
{
    /// <summary>Too young, or watched for too short a time, to tell anything.</summary>
    WarmingUp,

    /// <summary>It does not grow, or by too little, or comes back.</summary>
    Healthy,

    /// <summary>It has grown, in one step or ever slower: a cache that fills, a deployment.</summary>
    Plateau,

    /// <summary>It grows and does not stop.</summary>
    Suspected,
}

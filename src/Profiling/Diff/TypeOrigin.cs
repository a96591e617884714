namespace HeapDrift.Profiling.Diff;

/// <summary>Whose code a type is: what the team wrote (or chose), or the platform beneath it.</summary>
internal enum TypeOrigin
{
    Application,
    Library,
}

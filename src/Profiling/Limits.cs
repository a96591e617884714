namespace HeapDrift.Profiling;

/// <summary>
/// Every bound on input in one place. What is read belongs to another process, often to another team, and is not trusted to be small.
/// </summary>
internal static class Limits
{
    /// <summary>
    /// Bytes of one small kernel file (status, stat, cgroup). Real ones stay below 4 KB; a process in all 65,536 groups that the kernel
    /// permits (<c>NGROUPS_MAX</c>) has 700 KB of status.
    /// </summary>
    public const int KernelFileBytes = 1 << 20;

    /// <summary>Bytes of <c>/proc/PID/environ</c> that are read; what lies behind is not seen. An exec takes 6 MB at most.</summary>
    public const int EnvironmentBytes = 1 << 20;

    /// <summary>Bytes of <c>/proc/PID/cmdline</c> that are read: enough for the host's options and the program's path.</summary>
    public const int CommandLineBytes = 1 << 16;

    /// <summary>Bytes of <c>/proc/PID/maps</c> that are read: 160,000 mappings of 100 bytes; the default maximum is 65,530.</summary>
    public const int MapsBytes = 1 << 24;

    /// <summary>
    /// Mappings of one process in <c>/proc/PID/smaps</c>: what generous systems set <c>vm.max_map_count</c> to; the default is 65,530.
    /// Nothing is kept of any but its class.
    /// </summary>
    public const int SmapsMappings = 1 << 20;

    /// <summary>Bytes of one line of smaps: a path has 4,096 at most, each of which the kernel may escape with four.</summary>
    public const int SmapsLineBytes = 1 << 15;

    /// <summary>Levels of a cgroup path. The kernel's default (<c>cgroup.max.depth</c>) is unbounded; real ones stay below ten.</summary>
    public const int CgroupDepth = 64;

    /// <summary>Steps from a process to its parents. A pid that is given away anew meanwhile could close a circle; real chains stay below 30.</summary>
    public const int Ancestors = 1024;

    /// <summary>Bytes of a native library that are searched; a runtime without optimisations has 40 MB.</summary>
    public const long NativeLibraryBytes = 1L << 28;

    /// <summary>Characters of malformed input that an error message repeats.</summary>
    public const int QuotedCharacters = 40;

    /// <summary>Places without a method table that are remembered as such, 64 bytes each. A sound heap has a handful.</summary>
    public const int NonTypes = 1 << 16;

    /// <summary>Generic arguments in generic arguments. A level takes two frames of the stack, which is not a thing to run out of.</summary>
    public const int TypeNameDepth = 256;

    /// <summary>Generic parameters of one type; <c>Func</c> has 17. A larger number in a name is not believed.</summary>
    public const int GenericArity = 64;

    /// <summary>Bytes of the signature of a static field; a type in a type takes two and a frame or two of the stack. Real ones have some ten.</summary>
    public const int FieldSignatureBytes = 1 << 10;

    /// <summary>Characters of one frame's type, method and signature. A name in metadata has 1,023 at most; instantiations make it longer.</summary>
    public const int FrameNameCharacters = 1 << 14;

    /// <summary>Frames of an allocation site that a report has; folded stacks of services have some ten.</summary>
    public const int SiteFrames = 30;

    /// <summary>Runs of references in one type. The largest types that compilers make (state machines, generated code) have some hundred.</summary>
    public const int GCDescSeries = 1 << 16;

    /// <summary>Bytes of all ranges of a heap: 1 TB, four times the address space that the runtime reserves for it by default.</summary>
    public const long HeapBytes = 1L << 40;

    /// <summary>Bytes of an object's fixed part. The runtime's own limit for fields (<c>FIELD_OFFSET_LAST_REAL_OFFSET</c>) is 128 MB.</summary>
    public const int ObjectBaseBytes = 1 << 27;

    /// <summary>Bytes of one PDB. The largest that compilers of large products ship have some 10 MB.</summary>
    public const int PdbBytes = 1 << 26;

    /// <summary>Bytes of a module's debug directory, and of the path of its PDB in it. Real ones have some hundred.</summary>
    public const int DebugDirectoryBytes = 1 << 16;

    /// <summary>Statements of one method that are looked at. Generated code has some ten thousand.</summary>
    public const int SequencePoints = 1 << 20;

    /// <summary>Methods of one module that are looked at for state machines; the platform's largest assembly has 60,000.</summary>
    public const int PdbMethods = 1 << 20;

    /// <summary>Bytes of a source file's path in a PDB: PATH_MAX of Linux.</summary>
    public const int SourcePathBytes = 4096;

    /// <summary>Boxes of one flame graph: what a browser lays out at once, and more than a person reads.</summary>
    public const int FlameNodes = 2000;

    /// <summary>The narrowest box of a flame graph, as a share of the whole: one pixel of a wide screen.</summary>
    public const double FlameShare = 0.001;

    /// <summary>Stacks that a flame graph is made of. Services have some thousand; each beyond has less than 0.006 % of all bytes.</summary>
    public const int FlameStacks = 1 << 14;

    /// <summary>Boxes above each other. Browsers flatten elements that lie more than 512 deep, and a step takes two.</summary>
    public const int FlameDepth = 120;
}

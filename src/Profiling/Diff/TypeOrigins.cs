using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Diff;

/// <summary>Tells the platform's types from those of the application and the packages it chose.</summary>
internal static class TypeOrigins
{
    private const string SharedFramework = "/shared/Microsoft.";

    private static readonly string[] PlatformPrefixes = ["System.", "Microsoft.", "Internal.", "Interop+", "Windows.", "MS."];

    private static readonly string[] PlatformModules = ["System.", "Microsoft.", "mscorlib", "netstandard", "WindowsBase"];

    /// <summary>
    /// A generic type of the platform is the platform's, whatever its arguments; an array belongs where its elements belong. The module
    /// decides where it is known, since nested generic types come without their namespace (<c>Entry&lt;...&gt;</c>).
    /// </summary>
    public static TypeOrigin Of(string type, string? module)
    {
        string element = type.TrimEnd(']', '[', ',', '*');
        bool isArray = element.Length != type.Length;

        // The runtime gives an array of a generic type the module of CoreLib; only the name then tells.
        bool isPlatform = module is null || isArray
            ? HasPrefix(element, PlatformPrefixes) || !element.AsSpan(0, NameEnd(element)).Contains('.') && module is not null && HasPrefix(module, PlatformModules)
            : IsPlatformModule(module);
        return isPlatform ? TypeOrigin.Library : TypeOrigin.Application;
    }

    /// <summary>A static field belongs to its class's owner; stacks and handles are the platform's.</summary>
    public static TypeOrigin Of(PathStep step) => step.Origin is { } known ? known
        : step.Kind == PathStepKind.Type ? Of(step.Name, step.Module)
        : step.StaticField is { } field ? Of(field, null)
        : TypeOrigin.Library;

    /// <summary>
    /// A module of the shared frameworks by the folder in which they are installed (<c>shared/Microsoft.NETCore.App/10.0.0</c>), one that was
    /// published with the application by its name.
    /// </summary>
    public static TypeOrigin OfModule(string path) =>
        IsOfSharedFramework(path) || IsPlatformModule(Path.GetFileName(path)) ? TypeOrigin.Library : TypeOrigin.Application;

    /// <summary>By its folder alone.</summary>
    public static bool IsOfSharedFramework(string path) => path.Contains(SharedFramework, StringComparison.Ordinal);

    private static bool IsPlatformModule(string module) => HasPrefix(module, PlatformModules) || HasPrefix(module, PlatformPrefixes);

    private static int NameEnd(string type) => type.IndexOf('<', StringComparison.Ordinal) is >= 0 and int generic ? generic : type.Length;

    private static bool HasPrefix(string name, string[] prefixes) =>
        Array.Exists(prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}

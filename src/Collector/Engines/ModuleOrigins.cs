using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using HeapDrift.Collector.Symbols;
using HeapDrift.Profiling.Diff;

namespace HeapDrift.Collector.Engines;

/// <summary>
/// Whose a module is. The platform's assemblies are installed in the folder of a shared framework or, published with the application, have the platform's
/// names; so may a team's own (<c>Microsoft.Contoso.dll</c>), but not with the platform's key. Each file is opened once. Not thread-safe.
/// </summary>
/// <param name="root">Of the worker's file system.</param>
internal sealed class ModuleOrigins(string root)
{
    /// <summary>
    /// Public key tokens of .NET: the runtime's libraries with the three of .NET Framework and its own, and ASP.NET Core with Microsoft.Extensions and EF Core; the
    /// last two of other packages of the same house.
    /// </summary>
    private static readonly string[] Platform =
    [
        "b03f5f7f11d50a3a", "b77a5c561934e089", "cc7b13ffcd2ddd51", "7cec85d7bea7798e", "adb9793829ddae60", "31bf3856ad364e35", "92742159e12e44c8",
    ];

    private readonly Dictionary<string, TypeOrigin?> _known = new(StringComparer.Ordinal);

    /// <summary>Null where the names of its types are all there is to go by.</summary>
    /// <param name="path">As the worker sees it; null or empty for what has no file.</param>
    public TypeOrigin? Of(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return null;
        }

        if (!_known.TryGetValue(path, out TypeOrigin? origin))
        {
            _known[path] = origin = TypeOrigins.IsOfSharedFramework(path) ? TypeOrigin.Library
                : TypeOrigins.OfModule(path) == TypeOrigin.Application || IsForeign(path) ? TypeOrigin.Application
                : null;
        }

        return origin;
    }

    private bool IsForeign(string path)
    {
        try
        {
            using PEReader image = ModuleFile.Open(root, path);
            return image.HasMetadata
                && !Platform.Contains(Convert.ToHexStringLower(image.GetMetadataReader().GetAssemblyDefinition().GetAssemblyName().GetPublicKeyToken() ?? []));
        }
        catch (Exception unreadable) when (SymbolsException.IsOfFiles(unreadable))
        {
            return false;
        }
    }
}

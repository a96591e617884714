using System.Security.Cryptography;
using System.Text;

namespace HeapDrift.Profiling.Reports.Html;

/// <summary>The page's style or script, as it ships inside this assembly, and what lets a browser know it from anything else.</summary>
internal sealed class PageAsset
{
    private PageAsset(string text) => Text = text;

    public static PageAsset Style { get; } = Read("page.css");

    public static PageAsset Script { get; } = Read("page.js");

    public string Text { get; }

    /// <summary>For the content security policy: nothing but this very text applies or runs.</summary>
    public string Hash => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))}'";

    private static PageAsset Read(string resource)
    {
        using Stream stream = typeof(PageAsset).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the assembly was built without {resource}");
        using var reader = new StreamReader(stream);
        return new PageAsset(reader.ReadToEnd());
    }
}

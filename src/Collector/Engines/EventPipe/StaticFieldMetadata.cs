using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using HeapDrift.Collector.Symbols;
using HeapDrift.Profiling;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>Reads which static fields an assembly declares, from its file (ECMA-335 metadata), in metadata order.</summary>
internal static class StaticFieldMetadata
{
    /// <summary>None for a file that is not there, not readable or not an assembly: its fields then keep their bare names.</summary>
    /// <param name="root">Of the worker's file system.</param>
    /// <param name="path">As the worker sees it.</param>
    public static IReadOnlyList<StaticFieldDeclaration> TryRead(string root, string path)
    {
        try
        {
            using PEReader file = ModuleFile.Open(root, path);
            return file.HasMetadata ? [.. Read(file.GetMetadataReader())] : [];
        }
        catch (Exception unreadable) when (SymbolsException.IsOfFiles(unreadable) || unreadable is InsufficientExecutionStackException)
        {
            return [];
        }
    }

    private static IEnumerable<StaticFieldDeclaration> Read(MetadataReader metadata)
    {
        var names = new SignatureNames();
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);

            // The runtime reports the statics of generic classes nowhere.
            if (type.GetGenericParameters().Count != 0)
            {
                continue;
            }

            string? declaringClass = null;
            foreach (FieldDefinitionHandle fieldHandle in type.GetFields())
            {
                FieldDefinition field = metadata.GetFieldDefinition(fieldHandle);
                if ((field.Attributes & (FieldAttributes.Static | FieldAttributes.Literal)) == FieldAttributes.Static
                    && metadata.GetBlobReader(field.Signature).Length <= Limits.FieldSignatureBytes)
                {
                    declaringClass ??= names.GetTypeFromDefinition(metadata, handle, 0);
                    yield return new StaticFieldDeclaration(
                        declaringClass, metadata.GetString(field.Name), field.DecodeSignature(names, null));
                }
            }
        }
    }

    /// <summary>
    /// Spells types as the snapshots do: <c>System.Collections.Generic.List&lt;Shop.Session&gt;[]</c>. In a damaged file a type may enclose itself.
    /// </summary>
    private sealed class SignatureNames : ISignatureTypeProvider<string, object?>
    {
        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            TypeDefinition type = reader.GetTypeDefinition(handle);
            string name = Plain(reader.GetString(type.Name));
            return type.GetDeclaringType() is { IsNil: false } outer
                ? $"{GetTypeFromDefinition(reader, outer, 0)}+{name}"
                : Qualified(reader.GetString(type.Namespace), name);
        }

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            TypeReference type = reader.GetTypeReference(handle);
            string name = Plain(reader.GetString(type.Name));
            return type.ResolutionScope.Kind == HandleKind.TypeReference
                ? $"{GetTypeFromReference(reader, (TypeReferenceHandle)type.ResolutionScope, 0)}+{name}"
                : Qualified(reader.GetString(type.Namespace), name);
        }

        public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);
        }

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) =>
            $"{genericType}<{string.Join(", ", typeArguments)}>";

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => $"System.{typeCode}";

        public string GetSZArrayType(string elementType) => elementType + "[]";

        public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{new string(',', shape.Rank - 1)}]";

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetByReferenceType(string elementType) => elementType + "&";

        public string GetPointerType(string elementType) => elementType + "*";

        public string GetPinnedType(string elementType) => elementType;

        public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";

        public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";

        public string GetFunctionPointerType(MethodSignature<string> signature) => "delegate*";

        private static string Plain(string name) => name.IndexOf('`', StringComparison.Ordinal) is > 0 and int tick ? name[..tick] : name;

        private static string Qualified(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";
    }
}
